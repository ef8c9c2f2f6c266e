//! Connections that end in the middle of something, and such on which everything takes long.

use std::time::Duration;

use vestibule_tests::cluster::{Cluster, Load};
use vestibule_tests::forwarder::Weather;

use crate::{HEALS, WAITS};

/// Ends all connections of all nodes, a number of times, in the midst of whatever they do.
fn cut_short(name: &str, cut: impl Fn(&Cluster)) {
    let cluster = Cluster::start(2);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(1));
    for _ in 0..20 {
        cut(&cluster);
        load.run_for(Duration::from_millis(170));
    }
    cluster.heals_within(HEALS);
    let report = load.checked(name);
    assert!(report.unknown + report.unacknowledged > 0, "nothing was cut short");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
}

#[test]
fn a_connection_that_the_database_ends_in_mid_transaction() {
    cut_short("pg_terminate_backend", |cluster| {
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND \
                   datname = 'vestibule'";
        cluster.postgres.sql("postgres", end).expect_code(0);
    });
}

#[test]
fn a_connection_that_is_cut_in_mid_transaction() {
    cut_short("connections cut", |cluster| cluster.nodes.iter().for_each(|node| node.way.cut()));
}

#[test]
fn a_slow_database() {
    let cluster = Cluster::start(2);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    cluster.nodes.iter().for_each(|node| node.way.set(Weather::Slow(Duration::from_secs(2))));
    load.run_for(Duration::from_secs(7));
    cluster.nodes.iter().for_each(|node| node.way.set(Weather::Clear));
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(1));
    let report = load.checked("2 s a statement");
    println!("2 s a statement: healed in {healed:?}");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
}

#[test]
fn a_database_that_takes_its_time_is_no_fault() {
    let cluster = Cluster::start(2);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(1));
    cluster.nodes.iter().for_each(|node| node.way.set(Weather::Slow(Duration::from_millis(50))));
    load.run_for(Duration::from_secs(5));
    let report = load.checked("50 ms a statement");
    assert_eq!(report.unknown, 0);
}
