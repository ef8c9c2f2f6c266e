//! When a session was last used, over all nodes: written behind by each of them, never backwards, and judged together.

use vestibule_gate::table::Activity;

use super::*;
use crate::jobs::flush_activity::flush_all;
use crate::store::{activity, sessions};

/// Two nodes on which a session that nobody uses for `idle` is over.
async fn hasty(database: &str, idle: Span) -> (House, House) {
    let (one, other, _) = two(database, STALENESS).await;
    for house in [&one, &other] {
        let mut hasty = (*house.ledger.settings()).clone();
        hasty.session.idle_timeout = idle;
        house.ledger.reload(hasty);
    }
    (one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_used_on_one_node_alone_lives_on_the_other_one_too() {
    let idle = Span::from_seconds(4);
    let (one, other) = hasty("idle", idle).await;
    let session = one.sign_in(browser()).await.unwrap();
    until("both follow", async || one.is_fresh() && other.is_fresh()).await;
    assert!(other.is_live(&session.secret).await, "in this node's memory, as of now");
    // For twice as long as that memory could believe in it, it is used elsewhere.
    for _ in 0..16 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(one.is_live(&session.secret).await);
    }
    assert!(other.is_live(&session.secret).await, "the other one asks before it says no");
    assert_eq!(other.knows(), 1);
    // And when nobody uses it, it ends on both.
    tokio::time::sleep(Duration::from_millis(4_100)).await;
    assert!(!other.is_live(&session.secret).await && !one.is_live(&session.secret).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_wrong_by_no_more_than_a_write_interval() {
    let idle = Span::from_seconds(6);
    let (one, other) = hasty("idle_bound", idle).await;
    let interval = one.ledger.settings().session.write_interval();
    assert_eq!(interval, Span::from_seconds(3));
    let session = one.sign_in(browser()).await.unwrap();
    assert!(other.is_live(&session.secret).await);
    let began = tokio::time::Instant::now();
    // The last use of all, which this node does not write: less than an interval is gone since it wrote.
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    assert!(one.is_live(&session.secret).await);
    let (last_use, end) = (began.elapsed(), Duration::from_secs(6));
    let mut over_at = None;
    while over_at.is_none() && began.elapsed() < last_use + end + Duration::from_secs(1) {
        // Not a use: only whether it is over, as a question that nobody asks for the session's sake.
        let row =
            sessions::find(&mut other.ledger.store().read().await.unwrap(), session.session).await.unwrap().unwrap();
        if other.ledger.is_over(&row, other.ledger.now()) {
            over_at = Some(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let early = (last_use + end).saturating_sub(over_at.expect("it is over"));
    assert!(early <= Duration::from_secs(3) + Duration::from_millis(300), "{early:?}");
    assert!(one.is_live(&session.secret).await, "the node that knows better goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_everywhere_is_asked_for_once() {
    let (one, other) = hasty("idle_dead", Span::from_seconds(2)).await;
    let session = one.sign_in(browser()).await.unwrap();
    assert!(other.is_live(&session.secret).await);
    // Behind the timeout and two write intervals nobody can know of a later use.
    tokio::time::sleep(Duration::from_millis(4_200)).await;
    assert!(!other.is_live(&session.secret).await);
    assert_eq!(other.knows(), 0, "it is no session any more, and remembered as none");
    until("both follow", async || other.is_fresh()).await;
    let cookie = format!("session={}", session.secret.expose());
    let headers = [(&b"cookie"[..], cookie.as_bytes())];
    let claims = Claims::read(headers.into_iter(), &other.ledger.settings().cookies);
    let from_memory = other.ledger.live().answer_from_memory(&claims, other.ledger.now(), Reach::Whole);
    assert!(from_memory.is_some_and(|verdict| verdict.identity().is_none()), "no read for each request");
}

#[tokio::test(flavor = "multi_thread")]
async fn last_seen_never_runs_backwards_whichever_node_writes_last() {
    let (one, other, ada) = two("seen", STALENESS).await;
    let session = one.sign_in(browser()).await.unwrap();
    let stored = async || {
        let mut sql = one.ledger.store().read().await.unwrap();
        sessions::find(&mut sql, session.session).await.unwrap().unwrap().last_seen_at
    };
    let now = one.ledger.now();
    for (house, seconds) in [(&one, 30), (&other, 10), (&one, 20), (&other, 40), (&one, 39)] {
        let seen = now.plus(Span::from_seconds(seconds));
        let before = stored().await;
        let mut change = crate::commit::Change::begin(&house.ledger).await.unwrap();
        activity::write(change.sql(), &[Activity { session: session.session, user: ada, seen }]).await.unwrap();
        change.commit(Vec::new()).await.unwrap();
        assert_eq!(stored().await, before.max(seen));
        let user = queries::user(&other.ledger, &UserRef::Id(ada)).await.unwrap().unwrap();
        assert_eq!(user.last_seen_at, Some(before.max(seen)));
    }
    // Two nodes that write all they know at once.
    assert!(one.is_live(&session.secret).await && other.is_live(&session.secret).await);
    let (a, b) = tokio::join!(flush_all(&one.ledger), flush_all(&other.ledger));
    a.unwrap();
    b.unwrap();
    assert_eq!(stored().await, now.plus(Span::from_seconds(40)));
}
