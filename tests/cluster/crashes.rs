//! Something dies without a word.

use std::time::Duration;

use vestibule_tests::cluster::{Cluster, Load};

use crate::{HEALS, WAITS};

#[test]
fn kill_9_of_a_node() {
    let mut cluster = Cluster::start(3);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    cluster.node(1).kill();
    load.run_for(Duration::from_secs(2));
    cluster.node(1).start();
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(1));
    let report = load.checked("kill -9 of a node");
    println!("kill -9 of a node: healed in {healed:?}");
    assert!(report.dark[&1] > Duration::from_secs(1), "it was not dead");
    assert_eq!((report.dark[&0], report.dark[&2]), (Duration::ZERO, Duration::ZERO), "other nodes");
}

#[test]
fn kill_9_of_postgresql_and_its_restart() {
    let mut cluster = Cluster::start(3);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    cluster.postgres.kill();
    load.run_for(Duration::from_secs(3));
    cluster.postgres.restart();
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(1));
    let report = load.checked("kill -9 of PostgreSQL");
    println!("kill -9 of PostgreSQL: healed in {healed:?}");
    assert!(report.unknown > 0 && report.dark.values().all(|dark| !dark.is_zero()), "nobody noticed");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
}
