//! A node that has just begun, and of which the others do not know yet.

use vestibule_tests::postgres;

use super::*;
use crate::store::nodes;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_node_that_is_not_known_so_its_memory_is_not_believed() {
    let (one, _, _) = two("beginning", STALENESS).await;
    let other = asleep(&postgres::shared().url("beginning"), STALENESS).await;
    let session = one.sign_in(browser()).await.unwrap();
    assert!(other.is_live(&session.secret).await, "the store says so");
    assert!(!other.is_fresh());
    revoke(&one.ledger, Which::Session(session.session)).await.unwrap();
    assert!(!other.is_live(&session.secret).await, "and now it says no");
    other.ledger.start_jobs(&tokio::runtime::Handle::current());
    until("it is believed", async || other.is_fresh()).await;
    let known = nodes::list(&mut one.ledger.store().plain().await.unwrap(), 60_000).await.unwrap();
    assert!(known.iter().any(|node| node.id == other.ledger.node().id()), "{known:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_say_that_it_is_there_is_not_believed_and_who_was_there_before_is() {
    let (one, other, _) = two("cannot_say", STALENESS).await;
    until("both follow", async || one.is_fresh() && other.is_fresh()).await;
    other.ledger.stop_jobs();
    tokio::time::sleep(Duration::from_millis(3_200)).await;
    let mut nobody_writes = one.ledger.store().plain().await.unwrap();
    let lock = "SET idle_in_transaction_session_timeout = 0; BEGIN; LOCK TABLE nodes IN EXCLUSIVE MODE";
    nobody_writes.run(lock).await.unwrap();
    other.ledger.start_jobs(&tokio::runtime::Handle::current());
    // Longer than a word counts (`say_so.rs`), and than memory is believed without one.
    for _ in 0..75 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!other.is_fresh(), "nobody would wait for it");
    }
    until("the one that reads on is believed", async || one.is_fresh()).await;
    nobody_writes.run("ROLLBACK").await.unwrap();
    until("it is believed", async || other.is_fresh()).await;
}
