//! `/readyz` of a node: ready while the database answers, and while what other nodes change is known.

use std::thread;

use vestibule_tests::postgres::{self, Postgres};
use vestibule_tests::wait;

use super::{EMAIL, on, ops, setup};

#[test]
fn without_its_database_a_node_is_not_ready_and_with_it_it_is_again() {
    let mut database = Postgres::start();
    let node = on(&database.url("ready"), "a").start();
    database.kill();
    wait::until("it is not ready", || (ops(&node, "/readyz").status == 503).then_some(()));
    assert_eq!(ops(&node, "/healthz").status, 200, "no reason to be killed");
    database.restart();
    wait::until("it is ready again", || (ops(&node, "/readyz").status == 200).then_some(()));
}

#[test]
fn a_node_that_cannot_follow_the_others_is_not_ready_and_reads_the_store() {
    let node = setup("ready_stale", "a").start();
    node.add_user(EMAIL, &[]);
    let secret = node.create_session(EMAIL);
    assert!(node.is_live(&secret));
    // The database answers everything but what others have changed.
    let lock = thread::spawn(|| {
        let held = "BEGIN; LOCK TABLE feed_head; SELECT pg_sleep(8); COMMIT";
        postgres::shared().sql("ready_stale", held)
    });
    let words = wait::until("it is not ready", || {
        let answer = ops(&node, "/readyz");
        (answer.status == 503).then(|| answer.text())
    });
    assert_eq!(words, "what other nodes change is not known; the log says why\n");
    assert!(node.is_live(&secret), "it is read from the store");
    let page = ops(&node, "/metrics").text();
    let value = |name: &str| -> f64 {
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {page}"))
    };
    assert!(value("vestibule_feed_staleness_seconds") >= 2.0 && value("vestibule_stale_reads_total") >= 1.0, "{page}");
    assert_eq!(lock.join().unwrap().code, 0);
    wait::until("it is ready again", || (ops(&node, "/readyz").status == 200).then_some(()));
}
