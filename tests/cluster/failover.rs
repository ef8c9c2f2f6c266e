//! The database dies, and its standby takes over, which has everything that was acknowledged: commits waited for it.

use std::time::Duration;

use vestibule_tests::cluster::{Cluster, Load};
use vestibule_tests::postgres::Postgres;

use crate::{HEALS, WAITS};

#[test]
fn a_failover_to_a_synchronous_standby() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let standby = postgres.standby();
    let mut cluster = Cluster::on(postgres, 3, |_, setup| setup);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(3));
    // First the old one ends for certain: two that believe that they count would contradict each other.
    cluster.postgres.kill();
    load.run_for(Duration::from_secs(1));
    standby.promote();
    cluster.nodes.iter().for_each(|node| node.way.lead_to(&standby.socket()));
    let healed = cluster.heals_within(HEALS);
    load.run_for(Duration::from_secs(2));
    let report = load.checked("failover");
    println!("failover: healed in {healed:?}");
    assert!(report.unknown > 0, "nobody noticed");
    assert!(report.wait < WAITS, "somebody waited for {:?}", report.wait);
}

#[test]
fn a_standby_that_is_lost_stops_changes_and_no_answer() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let mut standby = postgres.standby();
    let cluster = Cluster::on(postgres, 2, |_, setup| setup);
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(2));
    standby.kill();
    load.run_for(Duration::from_secs(4));
    standby.restart();
    let healed = cluster.heals_within(HEALS);
    let report = load.checked("the standby lost");
    println!("the standby lost: healed in {healed:?}");
    assert_eq!(report.unknown, 0, "who is signed in is known all the time");
}
