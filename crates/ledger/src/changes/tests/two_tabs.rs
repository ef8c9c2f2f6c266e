//! Two tabs of one browser that sign in at once, each with the cookies from before.

use vestibule_gate::id::SessionId;

use super::*;

/// The browser as both tabs sent it: with the secret, and the session that it named then.
fn tab(secret: &Secret, was: SessionId) -> Browser {
    Browser { was: Some(was), ..from(secret) }
}

#[tokio::test]
async fn the_second_tab_ends_neither_the_first_one_nor_the_group() {
    let (house, ada) = House::with_ada().await;
    let before = house.sign_in(browser()).await.unwrap();
    let one = house.sign_in(tab(&before.secret, before.session)).await.unwrap();
    let other = house.sign_in(tab(&before.secret, before.session)).await.unwrap();
    assert_eq!(
        (one.session, other.session),
        (before.session, before.session),
        "one session, and with it the tokens that belong to it"
    );
    assert!(!house.is_live(&before.secret).await, "the secret from before is dead at once");
    assert!(
        house.is_live(&one.secret).await && house.is_live(&other.secret).await,
        "whichever answer comes last counts"
    );
    assert_eq!(queries::sessions(&house.ledger, ada).await.unwrap().len(), 1);
    let later = house.sign_in(tab(&other.secret, other.session)).await.unwrap();
    assert!(house.is_live(&later.secret).await);
    assert!(!house.is_live(&one.secret).await && !house.is_live(&other.secret).await, "and both end with the next one");
    log_out(&house.ledger, &known_by(&later.secret)).await.unwrap();
    assert!(!house.is_live(&later.secret).await);
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_does_not_come_back() {
    let (house, ada) = House::with_ada().await;
    let before = house.sign_in(browser()).await.unwrap();
    revoke(&house.ledger, Which::User(UserRef::Id(ada))).await.unwrap();
    let after = house.sign_in(tab(&before.secret, before.session)).await.unwrap();
    assert_ne!(after.session, before.session);
    assert!(!house.is_live(&before.secret).await && house.is_live(&after.secret).await);
}

#[tokio::test]
async fn nobody_goes_on_in_a_session_of_somebody_else() {
    let (house, _) = House::with_ada().await;
    let guest = begun(continue_as_guest(&house.ledger, browser()).await.unwrap());
    let own = house.sign_in(Browser { was: Some(guest.session), ..browser() }).await.unwrap();
    assert_ne!(own.session, guest.session);
    assert!(
        house.ask(&guest.secret).await.identity().is_some_and(|guest| guest.is_anonymous()),
        "and it stays as it is"
    );
}
