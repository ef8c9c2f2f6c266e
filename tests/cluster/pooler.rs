//! A pooler before the database. One that gives a connection away after each transaction swallows notifications.

use vestibule_tests::cluster::{ADA, setup, works};
use vestibule_tests::pgbouncer::PgBouncer;
use vestibule_tests::postgres::Postgres;
use vestibule_tests::process::Process;
use vestibule_tests::skip;

#[test]
fn listen_through_a_pooler_in_transaction_mode_is_found_out_at_start() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let Some(pooler) = PgBouncer::start(&postgres, "transaction") else {
        return skip("listen_through_a_pooler_in_transaction_mode_is_found_out_at_start", "there is no pgbouncer");
    };
    let node = setup(&pooler.url(), "node").prepare();
    let mut process = Process::start(&node.command(&["serve"]), &node.folder().join("server.log"));
    let status = process.ended();
    let log = node.log();
    assert!(!status.success(), "{log}");
    for word in ["LISTEN", "pooler", "[store] url", "session mode"] {
        assert!(log.contains(word), "{word}: {log}");
    }
    let tables = postgres.sql("vestibule", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    assert_eq!(tables.expect_code(0).line(), "0", "nothing was made before it was found out");
}

#[test]
fn a_pooler_in_session_mode_is_as_good_as_none() {
    let postgres = Postgres::start();
    _ = postgres.url("vestibule");
    let Some(pooler) = PgBouncer::start(&postgres, "session") else {
        return skip("a_pooler_in_session_mode_is_as_good_as_none", "there is no pgbouncer");
    };
    let nodes = ["one", "other"].map(|name| setup(&pooler.url(), name).start());
    nodes[0].add_user(ADA, &[]);
    assert!(nodes.iter().all(works));
    let secret = nodes[0].create_session(ADA);
    assert!(nodes[1].is_live(&secret));
    nodes[0].cli(&["session", "revoke", "--all", "--yes"]);
    vestibule_tests::wait::until("the other hears of it", || (!nodes[1].is_live(&secret)).then_some(()));
}
