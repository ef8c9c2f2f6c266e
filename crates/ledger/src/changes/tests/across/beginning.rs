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
