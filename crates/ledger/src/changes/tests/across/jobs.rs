//! What runs by itself: one node at a time does it, and nothing breaks when two do.

use super::*;
use crate::jobs::purge_expired::{in_turn, purge};
use crate::store::{Lease, Work};

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_one_node_s_and_goes_with_it() {
    let (one, other, _) = two("lease", STALENESS).await;
    // The jobs themselves take it when they start.
    for house in [&one, &other] {
        house.ledger.stop_jobs();
    }
    for work in [Work::Purge, Work::Keys] {
        let lease = taken(&one, work).await;
        assert!(other.ledger.store().lease(work).await.unwrap().is_none(), "{work:?}");
        lease.give_back().await;
        // A job that is cut off in the middle of its work, or panics.
        drop(taken(&other, work).await);
        taken(&one, work).await.give_back().await;
    }
    let both = (taken(&one, Work::Purge).await, taken(&other, Work::Keys).await);
    assert!(other.ledger.store().lease(Work::Purge).await.unwrap().is_none(), "{both:?}: each is one node's");
}

/// A lease, when whoever has it has let it go: the database lets it go with the connection, a moment later.
async fn taken(house: &House, work: Work) -> Lease {
    let mut taken = None;
    until("the lease is free", async || {
        taken = house.ledger.store().lease(work).await.unwrap();
        taken.is_some()
    })
    .await;
    taken.unwrap()
}

/// Guests whom nobody has seen for long, and sessions that are over.
async fn litter(house: &House, count: u8) -> Vec<UserId> {
    let mut guests = Vec::new();
    for n in 0..count {
        let browser = Browser { address: Some([192, 0, 2, n].into()), ..browser() };
        guests.push(begun(continue_as_guest(&house.ledger, browser).await.unwrap()).user);
    }
    let mut change = crate::commit::Change::begin(&house.ledger).await.unwrap();
    for text in [
        "UPDATE users SET last_seen_at = last_seen_at - 100000000, created_at = created_at - 100000000 WHERE anonymous = 1",
        "UPDATE sessions SET last_seen_at = last_seen_at - 100000000 WHERE user_id IN (SELECT id FROM users WHERE anonymous = 1)",
    ] {
        query(text).execute(change.sql()).await.unwrap();
    }
    change.commit(Vec::new()).await.unwrap();
    guests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_that_purge_at_once_delete_what_is_over_and_nothing_else() {
    let (one, other, ada) = two("purge", STALENESS).await;
    for _ in 0..3 {
        let own = one.sign_in(browser()).await.unwrap();
        let guests = litter(&one, 30).await;
        let (a, b) = tokio::join!(purge(&one.ledger), purge(&other.ledger));
        a.unwrap();
        b.unwrap();
        for guest in guests {
            assert!(queries::user(&other.ledger, &UserRef::Id(guest)).await.unwrap().is_none());
        }
        assert!(one.is_live(&own.secret).await && other.is_live(&own.secret).await);
        assert!(queries::user(&one.ledger, &UserRef::Id(ada)).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_purge_while_another_one_does() {
    let (one, other, _) = two("purge_turn", STALENESS).await;
    for house in [&one, &other] {
        house.ledger.stop_jobs();
    }
    let lease = taken(&one, Work::Purge).await;
    let guests = litter(&one, 1).await;
    let is_there = async || queries::user(&one.ledger, &UserRef::Id(guests[0])).await.unwrap().is_some();
    in_turn(&other.ledger).await.unwrap();
    assert!(is_there().await, "it was not its turn");
    lease.give_back().await;
    until("it is its turn", async || {
        in_turn(&other.ledger).await.unwrap();
        !is_there().await
    })
    .await;
}
