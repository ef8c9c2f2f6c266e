//! A node that stands still, and does not know that it did.

use std::time::Duration;

use rustix::process::Signal;
use vestibule_tests::cluster::{Cluster, Load, STALENESS};
use vestibule_tests::wait;

use crate::HEALS;

#[test]
fn a_feed_that_is_pruned_while_a_node_sleeps() {
    let mut cluster = Cluster::start(3);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    cluster.node(2).process().stop();
    load.run_for(STALENESS * 2);
    // The first changes of the others wait until the database ends those that the sleeper has begun.
    let (slept_at, now) = (cluster.changes(), || cluster.changes());
    wait::until("much is changed", || (now() > slept_at + 20).then_some(()));
    let prune = "DELETE FROM feed WHERE number < (SELECT number FROM feed_head)";
    cluster.postgres.sql("vestibule", prune).expect_code(0);
    load.run_for(Duration::from_millis(200));
    cluster.node(2).process().signal(Signal::CONT);
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(1));
    load.checked("the feed pruned behind a sleeper");
    println!("the feed pruned behind a sleeper: healed in {healed:?}");
    let log = cluster.node(2).log();
    assert!(log.contains("the feed is not what it was"), "it did not find out: {log}");
}

#[test]
fn a_node_that_slept_a_little_longer_than_it_may_be_behind() {
    let mut cluster = Cluster::start(3);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(1));
    for _ in 0..4 {
        cluster.node(2).process().stop();
        load.run_for(STALENESS + Duration::from_millis(300));
        cluster.node(2).process().signal(Signal::CONT);
        load.run_for(Duration::from_millis(700));
    }
    cluster.heals_within(HEALS);
    load.checked("short sleeps");
}
