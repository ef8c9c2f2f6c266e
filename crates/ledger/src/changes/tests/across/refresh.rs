//! Refresh tokens that rotate, presented on two nodes: the two-tab rule and the search for thieves (row S9) know no node.

use vestibule_gate::grant::ClientKind;

use super::*;
use crate::changes::tests::tokens::{Tokens, client};
use crate::jobs::flush_activity::write_first_uses;

async fn pair(database: &str) -> [Tokens; 2] {
    let (one, other, ada) = two(database, STALENESS).await;
    let spa = client("spa", ClientKind::Spa);
    add_client(&one.ledger, spa.clone()).await.unwrap();
    [one, other].map(|house| Tokens { house, ada, spa: spa.clone() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tabs_on_two_nodes_go_on_with_the_same_tokens_for_many_rounds() {
    let [one, other] = pair("refresh_tabs").await;
    let mut token = one.tokens(&one.spa, None).await.refresh.unwrap();
    for round in 0..25 {
        let (a, b) = tokio::join!(one.refresh(&token), other.refresh(&token));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a.access.secret.expose(), b.access.secret.expose(), "{round}");
        assert!(one.speaks(&b.access.secret).await && other.speaks(&a.access.secret).await, "{round}");
        let (a, b) = (a.refresh.unwrap(), b.refresh.unwrap());
        assert_eq!(a.expose(), b.expose(), "{round}");
        // A third tab that was slow, on either node, still gets the same.
        let late = if round % 2 == 0 { &one } else { &other };
        assert_eq!(late.refresh(&token).await.unwrap().refresh.unwrap().expose(), a.expose(), "{round}");
        token = a;
    }
    assert_eq!(queries::sessions(&one.house.ledger, one.ada).await.unwrap().len(), 1, "one session, all the while");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_one_node_gave_and_nobody_got_is_made_up_for_by_the_other() {
    let [one, other] = pair("refresh_lost").await;
    let first = one.tokens(&one.spa, None).await.refresh.unwrap();
    let lost = one.refresh(&first).await.unwrap();
    one.let_grace_pass().await;
    let again = other.refresh(&first).await.unwrap();
    until("the lost pair is taken back", async || !one.speaks(&lost.access.secret).await).await;
    assert!(one.speaks(&again.access.secret).await && other.speaks(&again.access.secret).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_on_another_node_is_found_out() {
    let [one, other] = pair("refresh_thief").await;
    let stolen = one.tokens(&one.spa, None).await.refresh.unwrap();
    let owner = one.refresh(&stolen).await.unwrap();
    // Its first use is seen by this node alone, and written behind, within a second or two.
    assert!(one.speaks(&owner.access.secret).await);
    write_first_uses(&one.house.ledger).await.unwrap();
    one.let_grace_pass().await;
    assert!(matches!(other.refresh(&stolen).await, Err(RefreshError::Dead)));
    until("nobody goes on", async || !one.speaks(&owner.access.secret).await).await;
    assert!(matches!(one.refresh(&owner.refresh.unwrap()).await, Err(RefreshError::Dead)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_comes_before_a_first_use_is_written_is_found_out_at_the_owner_s_next_refresh() {
    let [one, other] = pair("refresh_quick").await;
    one.house.ledger.stop_jobs();
    let stolen = one.tokens(&one.spa, None).await.refresh.unwrap();
    let owner = one.refresh(&stolen).await.unwrap();
    assert!(one.speaks(&owner.access.secret).await);
    other.let_grace_pass().await;
    let thief = other.refresh(&stolen).await.unwrap();
    assert!(other.speaks(&thief.access.secret).await, "for now");
    one.house.ledger.start_jobs(&tokio::runtime::Handle::current());
    until("the owner's is taken back", async || !one.speaks(&owner.access.secret).await).await;
    assert!(matches!(one.refresh(&owner.refresh.unwrap()).await, Err(RefreshError::Dead)));
    until("and so is the thief's", async || !other.speaks(&thief.access.secret).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tabs_that_sign_in_on_two_nodes_at_once_go_on_in_one_session() {
    let (one, other, ada) = two("refresh_sign_in", STALENESS).await;
    let mut before = one.sign_in(browser()).await.unwrap();
    for round in 0..10 {
        let tab = || Browser { was: Some(before.session), ..from(&before.secret) };
        let (a, b) = tokio::join!(one.sign_in(tab()), other.sign_in(tab()));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((a.session, b.session), (before.session, before.session), "{round}");
        assert_eq!(queries::sessions(&one.ledger, ada).await.unwrap().len(), 1, "{round}");
        for house in [&one, &other] {
            until("whichever answer comes last counts", async || {
                house.is_live(&a.secret).await && house.is_live(&b.secret).await && !house.is_live(&before.secret).await
            })
            .await;
        }
        before = if round % 2 == 0 { a } else { b };
    }
}
