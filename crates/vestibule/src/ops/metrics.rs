//! `/metrics`, in Prometheus' text format: the resolver's own counters, and what the rest of the house counts with the
//! `metrics` crate.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::resolves::line;
use super::{Ops, database};

/// Upper ends of the buckets of everything that waits for a disk or a hash, in seconds.
const BUCKETS: [f64; 14] = [0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

/// How often samples are put into their buckets, where nobody asks for the metrics: until then each takes memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// What the house has counted. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Option<PrometheusHandle>);

impl Metrics {
    /// Starts counting; before the ledger is opened, which keeps hold of counters. Once a process: where somebody
    /// counts already, as in tests, this one stays empty.
    #[must_use]
    pub fn start() -> Self {
        let buckets = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS);
        let installed = buckets.and_then(PrometheusBuilder::install_recorder);
        if installed.is_ok() {
            describe();
        }
        Self(installed.ok())
    }

    /// Keeps the memory of the samples bounded. Never ends.
    pub async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            if let Some(handle) = &self.0 {
                handle.run_upkeep();
            }
        }
    }

    fn render(&self) -> String {
        self.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }
}

fn describe() {
    metrics::describe_counter!("vestibule_sign_ins_total", "Sign-ins, by outcome.");
    metrics::describe_histogram!("vestibule_store_wait_seconds", "How long a change waited for the one writer.");
    metrics::describe_histogram!("vestibule_store_commit_seconds", "How long a change took to be on the disk.");
    metrics::describe_histogram!("vestibule_store_load_seconds", "How long a look-up of a credential took.");
    metrics::describe_counter!(
        "vestibule_store_loads_total",
        "Credentials looked up in the store: memory had them not."
    );
    metrics::describe_gauge!("vestibule_password_queue", "Passwords that wait to be hashed.");
    metrics::describe_counter!("vestibule_store_errors_total", "Statements that failed, by kind.");
    describe_cluster();
}

fn describe_cluster() {
    metrics::describe_gauge!("vestibule_feed_lag", "Changes of all nodes that this one does not know.");
    metrics::describe_gauge!("vestibule_feed_listening", "Whether notifications of changes are heard: 1 or 0.");
    metrics::describe_counter!("vestibule_feed_obeyed_total", "Changes of other nodes that were obeyed.");
    metrics::describe_counter!("vestibule_feed_everything_total", "Times that everything in memory was forgotten.");
    metrics::describe_counter!("vestibule_feed_listener_lost_total", "Times that notifications were lost.");
    metrics::describe_counter!("vestibule_stale_reads_total", "Requests that read the store: memory was too old.");
    metrics::describe_gauge!("vestibule_nodes_live", "Nodes that were heard in the last 30 seconds.");
    metrics::describe_histogram!(
        "vestibule_feed_delay_seconds",
        "From a change to its being obeyed here, by the store's clock as the two nodes know it."
    );
}

pub(super) async fn scrape(State(ops): State<Arc<Ops>>) -> ([(HeaderName, &'static str); 1], String) {
    let mut out = ops.metrics.render();
    ops.resolves.render(&mut out);
    let live = ops.ledger.live();
    gauge(
        &mut out,
        "vestibule_sessions_in_memory",
        "Sessions that a resolve finds in memory.",
        live.sessions_in_memory(),
    );
    gauge(&mut out, "vestibule_store_loads", "Look-ups in the store under way or waiting.", live.loads_under_way());
    database::render(&ops.ledger, &mut out);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out)
}

fn gauge(out: &mut String, name: &str, help: &str, value: usize) {
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} gauge"));
    line(out, format_args!("{name} {value}"));
}
