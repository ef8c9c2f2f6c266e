//! Bearer tokens and the cookies of applications.

use super::{House, INVALID};
use crate::claims::Claims;
use crate::decide::{Outcome, decide_bearer};
use crate::time::Timestamp;
use crate::token::opaque::SecretKind;
use crate::verdict::{Grant, SessionKind};

fn of(kind: SessionKind, is_whole: bool) -> Grant {
    Grant { kind, client: Some("app".into()), scope: "openid".into(), is_whole }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

#[test]
fn a_first_party_s_token_speaks_for_its_user_and_names_its_client() {
    let house = House::new();
    let token = house.live_as(SecretKind::Access, 1, 7, of(SessionKind::Token, true));
    let (name, line) = bearer(&token);
    let answer = house.ask(&[(name, &line)], 1).unwrap();
    assert!(answer.contains("x-authgear-session-valid: true\r\n"), "{answer}");
    assert!(answer.contains("x-authgear-oauth-client-id: app\r\n"), "{answer}");
    assert_eq!(house.user(&[("cookie", &format!("app_access_token={token}"))]), Some(7));
}

#[test]
fn a_token_that_does_not_speak_for_the_whole_user_opens_nothing_and_stops_nothing() {
    let house = House::new();
    let narrow = house.live_as(SecretKind::Access, 1, 7, of(SessionKind::Token, false));
    let (name, line) = bearer(&narrow);
    assert_eq!(house.ask(&[(name, &line)], 1).unwrap(), INVALID);
    let cookie = format!("session={}", house.live(2, 8));
    assert_eq!(house.user(&[(name, &line), ("cookie", &cookie)]), Some(8));
    let api = house.live_as(SecretKind::Api, 3, 9, of(SessionKind::Api, false));
    let (name, line) = bearer(&api);
    assert_eq!(house.ask(&[(name, &line)], 1).unwrap(), INVALID);
}

#[test]
fn whoever_asks_what_a_token_was_given_for_is_told() {
    let house = House::new();
    let narrow = house.live_as(SecretKind::Access, 1, 7, of(SessionKind::Token, false));
    let (name, line) = bearer(&narrow);
    let claims = Claims::read([(name.as_bytes(), line.as_bytes())].into_iter(), &house.names);
    let now = Timestamp::from_millis(1000);
    let Outcome::Answer(Some(identity)) = decide_bearer(&claims, &house.table, &house.keys, now) else {
        panic!("a live token is known");
    };
    assert!(identity.grant().has_scope("openid") && !identity.grant().has_scope("open"));
}

#[test]
fn the_bearer_wins_over_cookies_and_cookies_of_two_users_are_nobody() {
    let house = House::new();
    let token = house.live_as(SecretKind::Access, 1, 7, of(SessionKind::Token, true));
    let app = house.live_as(SecretKind::AppSession, 2, 8, of(SessionKind::Token, true));
    let (mine, theirs) = (house.live(3, 8), house.live(4, 9));
    let (name, line) = bearer(&token);
    let both = format!("session={theirs}; app_session={app}");
    assert_eq!(house.user(&[(name, &line), ("cookie", &format!("session={theirs}"))]), Some(7));
    assert_eq!(house.user(&[("cookie", &format!("session={mine}; app_session={app}"))]), Some(8));
    assert_eq!(house.user(&[("cookie", &both)]), None, "somebody tossed one");
    assert_eq!(house.user(&[("cookie", &format!("app_session=x; session={theirs}"))]), Some(9));
}

#[test]
fn every_kind_of_secret_counts_in_its_place_only() {
    let house = House::new();
    let kinds = [
        SecretKind::Access,
        SecretKind::Refresh,
        SecretKind::Code,
        SecretKind::Api,
        SecretKind::AppSession,
        SecretKind::JwtId,
        SecretKind::OneTime,
        SecretKind::Client,
        SecretKind::Authentication,
    ];
    for (n, kind) in (1..).zip(kinds) {
        let secret = house.live_as(kind, n, 7, of(SessionKind::Token, true));
        let counts = |lines: &[(&str, &str)]| house.user(lines).is_some();
        let (name, line) = bearer(&secret);
        assert_eq!(counts(&[(name, &line)]), matches!(kind, SecretKind::Access | SecretKind::Api), "{kind:?}");
        let cookie = |name: &str| format!("{name}={secret}");
        assert_eq!(counts(&[("cookie", &cookie("app_session"))]), kind == SecretKind::AppSession, "{kind:?}");
        assert_eq!(counts(&[("cookie", &cookie("app_access_token"))]), kind == SecretKind::Access, "{kind:?}");
        assert!(!counts(&[("cookie", &cookie("session"))]), "{kind:?}");
    }
}

#[test]
fn what_only_looks_like_a_jwt_asks_nobody() {
    let house = House::new();
    for made_up in ["ey", "eyJhbGciOiJub25lIn0.e30.", "eyJ0eXAiOiJhdCtqd3QifQ.eyJqdGkiOiJ2YmpfeCJ9.AAAA"] {
        let (name, line) = bearer(made_up);
        assert_eq!(house.ask(&[(name, &line)], 1).unwrap(), INVALID, "{made_up}");
    }
}
