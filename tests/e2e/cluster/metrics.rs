//! What a node tells Prometheus, and the alerts that ask for it.

use std::collections::BTreeSet;
use std::fs;

use vestibule_tests::program::repository;
use vestibule_tests::server::Setup;
use vestibule_tests::wait;

use super::{EMAIL, ops, two};

/// Every metric that a text names.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    words.filter(|word| word.starts_with("vestibule_")).map(str::to_owned).collect()
}

#[test]
fn what_happens_between_nodes_is_counted() {
    let (a, b) = two("metrics_count");
    let secret = a.create_session(EMAIL);
    assert!(b.is_live(&secret));
    a.cli(&["session", "revoke", "--user", EMAIL, "--wait"]).expect_code(0);
    let lines = [
        "vestibule_feed_lag 0",
        "vestibule_feed_listening 1",
        "vestibule_feed_listener_lost_total 0",
        "vestibule_feed_everything_total 0",
        "vestibule_nodes_live 2",
        "vestibule_stale_reads_total 0",
        "vestibule_store_errors_total{kind=\"no_connection\"} 0",
        "vestibule_store_errors_total{kind=\"failed\"} 0",
        "vestibule_database_connections_most{purpose=\"readers\"} 8",
        "vestibule_database_connections_most{purpose=\"writers\"} 4",
    ];
    let whole = |page: &str| lines.iter().all(|line| page.lines().any(|own| own == *line));
    let page = wait::until("every count is there", || Some(ops(&b, "/metrics").text()).filter(|page| whole(page)));
    let value = |name: &str| -> f64 {
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {page}"))
    };
    assert!(value("vestibule_feed_obeyed_total") >= 1.0 && value("vestibule_feed_delay_seconds_count") >= 1.0);
    assert!(value("vestibule_feed_staleness_seconds") < 2.0);
}

#[test]
fn every_metric_that_an_alert_asks_for_is_told() {
    let rules = fs::read_to_string(repository().join("deploy/prometheus/vestibule.rules.yml")).unwrap();
    let asked = names(&rules);
    assert!(asked.len() > 10, "{asked:?}");
    let (a, b) = two("metrics_rules");
    let secret = b.person().sign_in(EMAIL).session();
    assert!(b.is_live(&secret));
    a.cli(&["session", "revoke", "--user", EMAIL, "--wait"]).expect_code(0);
    let missing = || {
        let told = names(&ops(&b, "/metrics").text());
        asked.difference(&told).cloned().collect::<Vec<_>>()
    };
    wait::until_or(|| format!("nobody tells {:?}", missing()), || missing().is_empty().then_some(()));
}

#[test]
fn a_file_has_no_cluster_to_tell_of() {
    let alone = Setup::default().config("# no [store]").start();
    let told = names(&ops(&alone, "/metrics").text());
    assert!(told.contains("vestibule_store_errors_total"), "{told:?}");
    let of_clusters = told.iter().filter(|name| {
        ["vestibule_feed", "vestibule_nodes", "vestibule_database", "vestibule_stale"]
            .iter()
            .any(|of| name.starts_with(of))
    });
    assert_eq!(of_clusters.collect::<Vec<_>>(), [""; 0]);
}
