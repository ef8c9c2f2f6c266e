//! The database dies, and its standby takes over, which has everything that was acknowledged: commits waited for it.

use std::time::Duration;

use vestibule_tests::cluster::{ADA, Cluster, Load};
use vestibule_tests::postgres::Postgres;
use vestibule_tests::wait;

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

#[test]
fn a_sign_in_that_a_failover_lost_counts_nowhere() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let mut standby = postgres.standby();
    let mut cluster = Cluster::on(postgres, 2, |_, setup| setup);
    // From here on the standby hears nothing, and nobody waits for it.
    for setting in ["ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()"] {
        cluster.postgres.sql("postgres", setting).expect_code(0);
    }
    standby.kill();
    let lost = wait::until("a change that waits for nobody", || {
        let said = cluster.nodes[0].vestibule.cli(&["session", "create", ADA]);
        (said.code == 0).then(|| said.line().to_owned())
    });
    assert!(cluster.nodes[0].vestibule.is_live(&lost), "it is in memory now");
    cluster.postgres.kill();
    standby.restart();
    standby.promote();
    cluster.nodes.iter().for_each(|node| node.way.lead_to(&standby.socket()));
    cluster.heals_within(HEALS);
    for node in &cluster.nodes {
        let answer = node.vestibule.resolve(&[("Cookie", &format!("session={lost}"))]);
        assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("false")), "{}", answer.head);
    }
}

#[test]
fn a_standby_that_still_follows_is_not_believed() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let standby = postgres.standby();
    let cluster = Cluster::on(postgres, 2, |_, setup| setup);
    let secret = cluster.nodes[1].vestibule.create_session(ADA);
    assert!(cluster.nodes[0].vestibule.is_live(&secret), "it is in memory now");
    let asked = || cluster.nodes[0].vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
    // Somebody has moved the address too early.
    cluster.nodes[0].way.lead_to(&standby.socket());
    cluster.nodes[0].way.cut();
    wait::until("node 0 knows that it does not know", || (asked().status == 503).then_some(()));
    cluster.nodes[1].vestibule.cli(&["session", "revoke", "--user", ADA]).expect_code(0);
    for _ in 0..20 {
        assert_eq!(asked().status, 503);
        std::thread::sleep(Duration::from_millis(100));
    }
}
