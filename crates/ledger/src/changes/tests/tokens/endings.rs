//! What ends tokens, which of them open applications, and where each counts.

use vestibule_gate::grant::ClientKind;
use vestibule_gate::token::opaque::TokenHash;

use super::super::*;
use super::{Tokens, VERIFIER, client, refresh_of};

#[tokio::test]
async fn ending_one_of_a_group_ends_all_of_it_and_a_third_party_ends_alone() {
    let house = Tokens::new().await;
    let third = client("third", ClientKind::ThirdParty);
    add_client(&house.house.ledger, third.clone()).await.unwrap();
    let ledger = &house.house.ledger;
    let begin = async || {
        let cookie = house.house.sign_in(browser()).await.unwrap();
        let own = house.tokens(&house.spa, Some(cookie.session)).await;
        let strange = house.tokens(&third, Some(cookie.session)).await;
        assert!(house.house.is_live(&cookie.secret).await && house.speaks(&own.access.secret).await);
        (cookie, own, strange)
    };
    let (cookie, own, strange) = begin().await;
    revoke_token(ledger, Token::Refresh(refresh_of(&strange).hash()), None).await.unwrap();
    assert!(house.house.is_live(&cookie.secret).await && house.speaks(&own.access.secret).await);
    revoke_token(ledger, Token::Refresh(refresh_of(&own).hash()), None).await.unwrap();
    assert!(!house.house.is_live(&cookie.secret).await, "the cookie session goes with a first party's");
    let (cookie, own, _) = begin().await;
    log_out(ledger, &known_by(&cookie.secret)).await.unwrap();
    assert!(!house.speaks(&own.access.secret).await && house.refresh(&refresh_of(&own)).await.is_err());
    let alone = house.tokens(&house.spa, None).await;
    let (cookie, ..) = begin().await;
    log_out(ledger, &known_by(&cookie.secret)).await.unwrap();
    assert!(house.speaks(&alone.access.secret).await, "what belongs to no group stays");
}

#[tokio::test]
async fn every_change_that_ends_sessions_ends_tokens_on_the_very_next_resolve() {
    let house = Tokens::new().await;
    let (ledger, who) = (&house.house.ledger, UserRef::Id(house.ada));
    for way in ["revoke own", "revoke user", "revoke all", "disable", "password", "client", "access token"] {
        enable_user(ledger, &who).await.unwrap();
        let issued = house.tokens(&house.spa, None).await;
        assert!(house.speaks(&issued.access.secret).await, "{way}");
        match way {
            "revoke own" => assert!(revoke_session(ledger, house.ada, issued.session.id).await.unwrap()),
            "revoke user" => drop(revoke(ledger, Which::User(who.clone())).await.unwrap()),
            "revoke all" => drop(revoke(ledger, Which::All).await.unwrap()),
            "disable" => drop(disable_user(ledger, &who).await.unwrap()),
            "password" => drop(set_password(ledger, &who, password(PASSWORD)).await.unwrap()),
            "client" => assert_eq!(revoke_client(ledger, house.ada, &house.spa.id).await.unwrap(), 1),
            _ => revoke_token(ledger, Token::Access(issued.access.secret.hash()), None).await.unwrap(),
        }
        assert!(!house.speaks(&issued.access.secret).await, "{way}");
    }
    let issued = house.tokens(&house.spa, None).await;
    assert!(house.speaks(&issued.access.secret).await);
    delete_client(ledger, &house.spa.id).await.unwrap();
    assert!(!house.speaks(&issued.access.secret).await);
}

#[tokio::test]
async fn only_a_first_party_s_full_access_and_an_api_token_without_scopes_open_applications() {
    let house = Tokens::new().await;
    let ledger = &house.house.ledger;
    let third = client("third", ClientKind::ThirdParty);
    add_client(ledger, third.clone()).await.unwrap();
    assert!(!house.speaks(&house.tokens(&third, None).await.access.secret).await);
    let new = |scopes: Option<&str>| NewApiToken {
        bearer: Bearer::User(UserRef::Id(house.ada)),
        label: "script".to_owned(),
        scopes: scopes.map(|scopes| vestibule_gate::grant::Scopes::parse(scopes).unwrap()),
        lifetime: None,
        by_cli: true,
    };
    let (whole, session) = create_api_token(ledger, new(None)).await.unwrap();
    assert!(house.speaks(&whole).await);
    let (narrow, _) = create_api_token(ledger, new(Some("read"))).await.unwrap();
    assert!(!house.speaks(&narrow).await, "with scopes it counts only where one is asked for");
    assert!(revoke_session(ledger, house.ada, session.id).await.unwrap());
    assert!(!house.speaks(&whole).await);
    let service = NewApiToken { bearer: Bearer::Service("backup".to_owned()), ..new(None) };
    let (first, one) = create_api_token(ledger, service.clone()).await.unwrap();
    let (_, two) = create_api_token(ledger, service).await.unwrap();
    assert!(house.speaks(&first).await && one.user == two.user && one.user != house.ada);
}

#[tokio::test]
async fn a_secret_counts_only_under_the_name_of_its_kind() {
    let house = Tokens::new().await;
    let issued = house.tokens(&house.spa, None).await;
    let cookie = house.house.sign_in(browser()).await.unwrap();
    assert!(!house.speaks(&cookie.secret).await, "a session secret is no bearer token");
    assert!(!house.speaks(&refresh_of(&issued)).await, "nor is a refresh token");
    assert!(!house.house.is_live(&issued.access.secret).await, "nor is an access token a session cookie");
    let token = refresh_of(&issued).hash();
    let opened = app_session_token(&house.house.ledger, token).await.unwrap().unwrap();
    let app = start_app_session(&house.house.ledger, opened.secret.hash()).await.unwrap().unwrap();
    assert!(!house.house.is_live(&app.secret).await);
    let again = start_app_session(&house.house.ledger, TokenHash::of(opened.secret.expose().as_bytes())).await.unwrap();
    assert!(again.is_none(), "an app session token is good for once");
}

#[tokio::test]
async fn ten_thousand_unused_codes_are_not_kept() {
    let house = Tokens::new().await;
    let first = house.code(&house.spa, None).await;
    for _ in 0..50 {
        house.code(&house.spa, None).await;
    }
    assert!(house.redeem(&house.spa, &first, VERIFIER).await.is_err(), "the oldest make room");
}
