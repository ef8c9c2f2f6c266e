//! Changes that somebody makes who should not, or not so often, or no longer.

use std::time::Duration;

use super::*;
use crate::commit::Change;

const NEW_PASSWORD: &str = "violet engine marmalade";

impl House {
    /// Begins `change`, which confirms a password and then waits for ours to end; `meanwhile` is what ours does.
    async fn overtaken<T: Send + 'static>(
        &self,
        change: impl Future<Output = T> + Send + 'static,
        meanwhile: impl AsyncFnOnce(&mut Change),
    ) -> T {
        let mut ours = Change::begin(&self.ledger).await.unwrap();
        let theirs = tokio::spawn(change);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!theirs.is_finished(), "it waits behind ours");
        meanwhile(&mut ours).await;
        ours.commit(Vec::new()).await.unwrap();
        theirs.await.unwrap()
    }

    /// What the operator does to somebody whose password is known to a thief.
    async fn overtaken_by_a_new_password<T: Send + 'static>(
        &self,
        ada: UserId,
        change: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let hash = self.ledger.hasher().hash(&self.ledger.settings().password, password(NEW_PASSWORD)).await.unwrap();
        self.overtaken(change, async |ours| {
            let mut row = users::find(ours.sql(), &UserRef::Id(ada)).await.unwrap().unwrap();
            row.password_hash = Some(hash);
            users::update(ours.sql(), &row, self.ledger.now()).await.unwrap();
        })
        .await
    }

    async fn user(&self, id: UserId) -> Option<crate::User> {
        queries::user(&self.ledger, &UserRef::Id(id)).await.unwrap()
    }
}

#[tokio::test]
async fn an_address_is_not_changed_by_a_password_that_was_just_replaced() {
    let (house, ada) = House::with_ada().await;
    let ledger = house.ledger.clone();
    let change = async move { change_email(&ledger, ada, Some(password(PASSWORD)), email("eve@example.com")).await };
    let outcome = house.overtaken_by_a_new_password(ada, change).await;
    assert!(matches!(outcome, Err(ChangeEmailError::Confirm(ConfirmError::WrongPassword))), "{outcome:?}");
    assert_eq!(house.user(ada).await.unwrap().email, Some(email("ada@example.com")));
}

#[tokio::test]
async fn an_account_is_not_deleted_by_a_password_that_was_just_replaced() {
    let (house, ada) = House::with_ada().await;
    let ledger = house.ledger.clone();
    let change = async move { delete_account(&ledger, ada, Some(password(PASSWORD))).await };
    let outcome = house.overtaken_by_a_new_password(ada, change).await;
    assert!(matches!(outcome, Err(ConfirmError::WrongPassword)), "{outcome:?}");
    assert!(house.user(ada).await.is_some());
}

#[tokio::test]
async fn a_planted_guest_cannot_delete_the_account_that_it_becomes_meanwhile() {
    let house = House::new().await;
    let guest = continue_as_guest(&house.ledger, browser()).await.unwrap().user;
    let ledger = house.ledger.clone();
    let outcome = house
        .overtaken(async move { delete_account(&ledger, guest, None).await }, async |ours| {
            let mut row = users::find(ours.sql(), &UserRef::Id(guest)).await.unwrap().unwrap();
            row.user.anonymous = false;
            row.user.email = Some(email("ada@example.com"));
            row.password_hash = Some(StoredHash(String::from("$argon2id$")));
            users::update(ours.sql(), &row, house.ledger.now()).await.unwrap();
        })
        .await;
    assert!(matches!(outcome, Err(ConfirmError::WrongPassword)), "{outcome:?}");
    assert!(house.user(guest).await.is_some());
}

#[tokio::test]
async fn a_guest_cannot_give_itself_a_password() {
    let house = House::new().await;
    let guest = begun(continue_as_guest(&house.ledger, browser()).await.unwrap());
    let (user, this) = (guest.user, guest.session);
    let outcome = change_password(&house.ledger, user, this, Some(password("any")), password(NEW_PASSWORD)).await;
    assert!(matches!(outcome, Err(ChangePasswordError::Confirm(ConfirmError::WrongPassword))), "{outcome:?}");
    assert!(!house.user(user).await.unwrap().has_password);
}

#[tokio::test]
async fn whose_addresses_are_taken_cannot_be_asked_without_end_by_changing_one_s_own() {
    let (house, ada) = House::with_ada().await;
    add_user(&house.ledger, NewUser { email: email("bob@example.com"), ..super::ada() }, None).await.unwrap();
    let ask = || change_email(&house.ledger, ada, Some(password(PASSWORD)), email("bob@example.com"));
    for _ in 0..5 {
        assert!(matches!(ask().await, Err(ChangeEmailError::Taken)));
    }
    let outcome = ask().await;
    assert!(matches!(outcome, Err(ChangeEmailError::Confirm(ConfirmError::Limited(_)))), "{outcome:?}");
}

#[tokio::test]
async fn an_address_that_is_limited_cannot_have_its_attempts_forgotten() {
    let (house, _) = House::with_ada().await;
    let here = || Browser { address: Some([192, 0, 2, 1].into()), ..browser() };
    for _ in 0..5 {
        assert!(matches!(house.try_password("not the password", here()).await, Err(LogInError::Wrong)));
    }
    // Behind the 50th each is refused, and costs whoever sends it nothing.
    for number in 0..100_200 {
        let email = email(&format!("nobody-{number}@example.com"));
        let _ = log_in(&house.ledger, LogIn { email, password: password("guess"), browser: here() }).await;
    }
    let elsewhere = Browser { address: Some([192, 0, 2, 2].into()), ..browser() };
    for (browser, whose) in [(elsewhere, "the account's"), (here(), "the address's")] {
        let outcome = house.try_password("not the password", browser).await;
        assert!(matches!(outcome, Err(LogInError::Limited(_))), "{whose} attempts were forgotten: {outcome:?}");
    }
}

#[tokio::test]
async fn who_had_an_address_before_has_no_known_browser_at_its_new_owner_s() {
    let (house, eve) = House::with_ada().await;
    let collected = house.sign_in(browser()).await.unwrap().device;
    change_email(&house.ledger, eve, Some(password(PASSWORD)), email("eve@example.com")).await.unwrap();
    add_user(&house.ledger, super::ada(), Some(password(NEW_PASSWORD))).await.unwrap();
    for _ in 0..5 {
        assert!(matches!(house.try_password("a guess of hers", browser()).await, Err(LogInError::Wrong)));
    }
    let outcome = house.try_password("one guess more", Browser { device: collected, ..browser() }).await;
    assert!(matches!(outcome, Err(LogInError::Limited(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_token_is_not_made_by_a_password_that_was_just_replaced() {
    let (house, ada) = House::with_ada().await;
    let ledger = house.ledger.clone();
    let change = async move {
        let label = DisplayName::default();
        create_own_api_token(&ledger, ada, Some(password(PASSWORD)), label, Span::from_seconds(60)).await
    };
    let outcome = house.overtaken_by_a_new_password(ada, change).await;
    assert!(matches!(outcome, Err(ApiTokenError::Confirm(ConfirmError::WrongPassword))), "{outcome:?}");
    assert!(queries::sessions(&house.ledger, ada).await.unwrap().is_empty());
}
