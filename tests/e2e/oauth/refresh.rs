//! Rows O40, S9 and S10: what a refresh token is good for, for whom, and until when.

use serde_json::Value;
use vestibule_tests::clock::Clock;
use vestibule_tests::oauth::{Application, LOGGED_OUT, Request};
use vestibule_tests::person::Person;
use vestibule_tests::server::Vestibule;
use vestibule_tests::skip;

use super::{EMAIL, add_ada, portal, server, spa};

fn offline(application: &Application<'_>) -> Request {
    application.request().with("scope", "openid email offline_access")
}

#[track_caller]
fn refreshed(application: &Application<'_>, tokens: &Value) -> Value {
    let answer = application.refresh(token(tokens));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[track_caller]
fn is_dead(application: &Application<'_>, tokens: &Value, why: &str) {
    let answer = application.refresh(token(tokens));
    assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_grant".into()), "{why}");
}

#[track_caller]
fn token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token: {tokens}"))
}

#[test]
fn o40_refresh_token() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let other = Application::register(&vestibule, "other", "confidential", &["--no-pkce"]);
    let request = offline(&portal).with("prompt", "consent");
    let first = portal.sign_in(&mut vestibule.person(), EMAIL, &request);
    is_dead(&other, &first, "another client's");
    let answer = portal.refresh(token(&first));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let second = answer.json();
    assert_eq!(second["token_type"], "Bearer");
    assert_ne!(second["access_token"], first["access_token"]);
    let (before, after) = (portal.id_token(&first), portal.id_token(&second));
    for claim in ["iss", "sub", "aud", "azp", "auth_time"] {
        assert_eq!(after.claims[claim], before.claims[claim], "{claim}");
    }
    assert!(after.number("iat") >= before.number("iat"));
    assert_eq!(portal.userinfo(&second).json()["email"], EMAIL);
}

/// A thief who follows each rotation is found when the owner comes with the token that they still have.
#[test]
fn s9_a_refresh_token_that_comes_again_ends_the_family() {
    let Some(clock) = Clock::start("") else {
        return skip("s9_a_refresh_token_that_comes_again_ends_the_family", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let spa = spa(&clock.vestibule);
    let owners = spa.sign_in(&mut clock.vestibule.person(), EMAIL, &offline(&spa));
    let thiefs = refreshed(&spa, &owners);
    assert_ne!(token(&thiefs), token(&owners), "a public client's refresh tokens rotate");
    assert_eq!(spa.userinfo(&thiefs).status, 200);
    clock.at("+60");
    is_dead(&spa, &owners, "it was used before");
    is_dead(&spa, &thiefs, "the thief's successor lives");
    assert_eq!(spa.userinfo(&thiefs).status, 401, "the thief's access token lives");
}

#[test]
fn s9_two_tabs_that_refresh_at_once_stay_signed_in() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let first = spa.sign_in(&mut vestibule.person(), EMAIL, &offline(&spa));
    let (one, other) = (refreshed(&spa, &first), refreshed(&spa, &first));
    assert_eq!(token(&one), token(&other));
    assert_eq!(spa.userinfo(&one).status, 200);
    assert_eq!(spa.userinfo(&other).status, 200);
    assert_ne!(token(&refreshed(&spa, &one)), token(&one));
}

#[test]
fn s9_a_lost_answer_signs_nobody_out() {
    let Some(clock) = Clock::start("") else {
        return skip("s9_a_lost_answer_signs_nobody_out", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let spa = spa(&clock.vestibule);
    let first = spa.sign_in(&mut clock.vestibule.person(), EMAIL, &offline(&spa));
    let lost = refreshed(&spa, &first);
    clock.at("+3600");
    let second = refreshed(&spa, &first);
    assert_ne!(token(&second), token(&lost));
    assert_eq!(spa.userinfo(&lost).status, 401, "it was taken back");
    assert_eq!(spa.userinfo(&second).status, 200);
    // Somebody has it all the same: then one of the two is a thief, and nobody goes on.
    is_dead(&spa, &lost, "it was taken back");
    assert_eq!(spa.userinfo(&second).status, 401);
}

#[test]
fn s10_a_scope_is_narrowed_and_never_widened() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let first = portal.sign_in(&mut vestibule.person(), EMAIL, &offline(&portal));
    let ask = |scope: &str| {
        portal.token(&[("grant_type", "refresh_token"), ("refresh_token", token(&first)), ("scope", scope)])
    };
    let wider = ask("openid email profile offline_access");
    assert_eq!((wider.status, &wider.json()["error"]), (400, &"invalid_scope".into()));
    let narrow = ask("openid").json();
    assert_eq!(narrow["scope"], "openid");
    assert!(portal.userinfo(&narrow).json().get("email").is_none());
    assert_eq!(portal.userinfo(&refreshed(&portal, &first)).json()["email"], EMAIL, "the grant stays what it was");
}

#[test]
fn s10_a_refresh_token_that_is_not_used_ends() {
    let Some(clock) = Clock::start("") else {
        return skip("s10_a_refresh_token_that_is_not_used_ends", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let portal = portal(&clock.vestibule);
    let first = portal.sign_in(&mut clock.vestibule.person(), EMAIL, &offline(&portal));
    clock.at("+29d");
    refreshed(&portal, &first);
    clock.at("+58d");
    refreshed(&portal, &first);
    clock.at("+89d");
    is_dead(&portal, &first, "31 days unused");
}

/// A grant, and what ends it.
#[track_caller]
fn ended_by(end: impl Fn(&Vestibule, &mut Person, &Value)) {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let tokens = portal.sign_in(&mut ada, EMAIL, &offline(&portal));
    end(&vestibule, &mut ada, &tokens);
    is_dead(&portal, &tokens, "the refresh token lives");
    assert_eq!(portal.userinfo(&tokens).status, 401, "the access token lives");
}

#[test]
fn s10_signing_out_ends_the_tokens_that_came_from_the_session() {
    ended_by(|_, ada, _| assert_eq!(ada.post("/logout", &[]).status, 303));
    ended_by(|_, ada, tokens| {
        let hint = tokens["id_token"].as_str().expect("a token");
        let query = Request::default().with("id_token_hint", hint).with("post_logout_redirect_uri", LOGGED_OUT);
        assert_eq!(ada.get(&format!("/oauth2/end_session?{}", query.query())).header("location"), Some(LOGGED_OUT));
    });
}

#[test]
fn s10_a_new_password_ends_the_tokens() {
    ended_by(|vestibule, _, _| {
        let said = vestibule.cli_with(&["user", "password", EMAIL, "--password-stdin"], "another long password\n");
        said.expect_code(0);
    });
}

#[test]
fn s10_a_disabled_or_deleted_user_has_no_tokens() {
    for command in ["disable", "delete"] {
        ended_by(|vestibule, _, _| {
            vestibule.cli(&["user", command, EMAIL]).expect_code(0);
        });
    }
}
