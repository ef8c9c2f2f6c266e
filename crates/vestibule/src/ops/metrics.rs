//! `/metrics`, in Prometheus' text format: the resolver's own counters, and what the rest of the house counts with the
//! `metrics` crate.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::Ops;
use super::resolves::line;

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
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out)
}

fn gauge(out: &mut String, name: &str, help: &str, value: usize) {
    line(out, format_args!("# HELP {name} {help}"));
    line(out, format_args!("# TYPE {name} gauge"));
    line(out, format_args!("{name} {value}"));
}
