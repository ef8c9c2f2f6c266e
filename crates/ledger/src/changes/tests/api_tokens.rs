//! API tokens: what they speak for, and how they end.

use vestibule_gate::decide::Reach;
use vestibule_gate::grant::Scopes;
use vestibule_gate::verdict::SessionKind;

use super::*;

fn new(bearer: Bearer) -> NewApiToken {
    NewApiToken { bearer, label: "backup".to_owned(), scopes: None, lifetime: None, by_cli: true }
}

impl House {
    async fn answers_for(&self, token: &Secret) -> Option<UserId> {
        let line = format!("Bearer {}", token.expose());
        let headers = [(&b"authorization"[..], line.as_bytes())];
        let claims = Claims::read(headers.into_iter(), &self.ledger.settings().cookies);
        let verdict = self.ledger.live().answer(&claims, self.ledger.now(), Reach::Whole).await.unwrap();
        verdict.identity().map(|identity| identity.user())
    }
}

#[tokio::test]
async fn a_token_speaks_for_its_user_until_it_is_revoked() {
    let (house, ada) = House::with_ada().await;
    let (token, session) = create_api_token(&house.ledger, new(Bearer::User(UserRef::Id(ada)))).await.unwrap();
    assert!(token.expose().starts_with("vbp_"));
    assert_eq!(house.answers_for(&token).await, Some(ada));
    let listed = queries::sessions(&house.ledger, ada).await.unwrap();
    assert_eq!((listed.len(), listed[0].kind, listed[0].label.as_str()), (1, SessionKind::Api, "backup"));
    assert!(revoke_session(&house.ledger, ada, session.id).await.unwrap());
    assert_eq!(house.answers_for(&token).await, None, "on the very next resolve");
}

#[tokio::test]
async fn a_token_ends_when_it_was_told_to() {
    let (house, ada) = House::with_ada().await;
    let mut new = new(Bearer::User(UserRef::Id(ada)));
    new.lifetime = Some(Span::from_millis(0));
    let (token, _) = create_api_token(&house.ledger, new).await.unwrap();
    assert_eq!(house.answers_for(&token).await, None);
}

#[tokio::test]
async fn a_token_with_scopes_is_not_the_person() {
    let (house, ada) = House::with_ada().await;
    let mut new = new(Bearer::User(UserRef::Id(ada)));
    new.scopes = Some(Scopes::parse("orders:read").unwrap());
    let (token, session) = create_api_token(&house.ledger, new).await.unwrap();
    assert_eq!(session.scope, "orders:read");
    assert_eq!(house.answers_for(&token).await, None, "it counts only where its scope is asked for");
}

#[tokio::test]
async fn a_service_is_added_once_and_is_nobody_s_account() {
    let house = House::new().await;
    let service = || Bearer::Service("backups".to_owned());
    let (first, one) = create_api_token(&house.ledger, new(service())).await.unwrap();
    let (_, two) = create_api_token(&house.ledger, new(service())).await.unwrap();
    assert_eq!(one.user, two.user);
    assert_eq!(house.answers_for(&first).await, Some(one.user));
    let user = queries::user(&house.ledger, &UserRef::Id(one.user)).await.unwrap().unwrap();
    assert!(user.service && user.email.is_none() && !user.has_password);
    let nameless = create_api_token(&house.ledger, new(Bearer::Service(" ".to_owned()))).await;
    assert!(matches!(nameless, Err(ApiTokenError::Name)));
    let control = create_api_token(&house.ledger, new(Bearer::Service("a\nb".to_owned()))).await;
    assert!(matches!(control, Err(ApiTokenError::Name)), "{control:?}");
}

#[tokio::test]
async fn a_disabled_user_has_no_tokens_and_gets_none() {
    let (house, ada) = House::with_ada().await;
    let who = UserRef::Id(ada);
    let (token, _) = create_api_token(&house.ledger, new(Bearer::User(who.clone()))).await.unwrap();
    disable_user(&house.ledger, &who).await.unwrap();
    assert_eq!(house.answers_for(&token).await, None);
    let refused = create_api_token(&house.ledger, new(Bearer::User(who))).await;
    assert!(matches!(refused, Err(ApiTokenError::Disabled)));
}

#[tokio::test]
async fn a_loop_that_makes_tokens_comes_to_an_end() {
    let (house, ada) = House::with_ada().await;
    for _ in 0..100 {
        create_api_token(&house.ledger, new(Bearer::User(UserRef::Id(ada)))).await.unwrap();
    }
    let refused = create_api_token(&house.ledger, new(Bearer::User(UserRef::Id(ada)))).await;
    assert!(matches!(refused, Err(ApiTokenError::TooMany)));
}

#[tokio::test]
async fn a_stolen_session_makes_no_token_that_outlives_it() {
    let (house, ada) = House::with_ada().await;
    let make = async |typed: Option<Password>| {
        create_own_api_token(&house.ledger, ada, typed, DisplayName::default(), Span::from_seconds(60)).await
    };
    for wrong in [None, Some(password("not the one, surely"))] {
        let refused = make(wrong).await;
        assert!(matches!(refused, Err(ApiTokenError::Confirm(ConfirmError::WrongPassword))), "{refused:?}");
    }
    let (token, session) = make(Some(password(PASSWORD))).await.unwrap();
    assert!(!session.by_cli && house.answers_for(&token).await == Some(ada));
    set_password(&house.ledger, &UserRef::Id(ada), password("violet engine marmalade")).await.unwrap();
    assert_eq!(house.answers_for(&token).await, None, "a new password ends it");
}
