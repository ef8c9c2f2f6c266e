//! Rows O32, O33, S3, S4, S6 and S7: a code is good once, for its client, with its redirect URI and its verifier.

use vestibule_tests::clock::Clock;
use vestibule_tests::http::Response;
use vestibule_tests::oauth::{Application, CALLBACK, VERIFIER};
use vestibule_tests::skip;

use super::{EMAIL, add_ada, portal, server, spa};

#[track_caller]
fn is_dead(answer: &Response) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["error"], "invalid_grant");
}

fn code(application: &Application<'_>, person: &mut vestibule_tests::person::Person) -> String {
    application.walk(person, EMAIL, &application.request()).returned.code().to_owned()
}

#[test]
fn o32_a_code_is_not_taken_twice() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let code = code(&portal, &mut vestibule.person());
    portal.redeem(&code);
    is_dead(&portal.try_redeem(&code));
}

#[test]
fn o33_a_code_that_comes_again_after_30_seconds_ends_what_it_was_redeemed_for() {
    let name = "o33_a_code_that_comes_again_after_30_seconds_ends_what_it_was_redeemed_for";
    let Some(clock) = Clock::start("") else { return skip(name, "libfaketime is not installed") };
    add_ada(&clock.vestibule);
    let portal = portal(&clock.vestibule);
    let code = code(&portal, &mut clock.vestibule.person());
    let tokens = portal.redeem(&code);
    clock.at("+30");
    assert_eq!(portal.userinfo(&tokens).status, 200);
    is_dead(&portal.try_redeem(&code));
    assert_eq!(portal.userinfo(&tokens).status, 401, "the first access token lives");
}

#[test]
fn a_code_is_good_for_five_minutes() {
    let Some(clock) = Clock::start("") else {
        return skip("a_code_is_good_for_five_minutes", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let portal = portal(&clock.vestibule);
    let code = code(&portal, &mut clock.vestibule.person());
    clock.at("+301");
    is_dead(&portal.try_redeem(&code));
}

#[test]
fn s3_pkce_is_enforced_and_plain_is_refused() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut ada = vestibule.person();
    let code = code(&spa, &mut ada);
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    is_dead(&spa.token(&fields));
    is_dead(&spa.token(&[&fields[..], &[("code_verifier", &VERIFIER.replace('d', "e"))]].concat()));
    assert_eq!(spa.try_redeem(&code).status, 200, "a wrong verifier uses nothing up");
    for (name, value) in [("code_challenge_method", "plain"), ("code_challenge", "short")] {
        let returned = spa.told(&mut ada, &spa.request().with(name, value));
        assert_eq!(returned.error(), Some("invalid_request"), "{name}={value}");
    }
    let returned = spa.told(&mut ada, &spa.request().without("code_challenge_method"));
    assert_eq!(returned.error(), Some("invalid_request"), "left out it means plain");
    let returned = spa.told(&mut ada, &spa.request().without_pkce());
    assert_eq!(returned.error(), Some("invalid_request"), "a public client cannot do without");
}

/// RFC 9700 section 4.8.2: a challenge that somebody has taken out of the request.
#[test]
fn s4_a_verifier_without_a_challenge_is_refused() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let walked = portal.walk(&mut vestibule.person(), EMAIL, &portal.request().without_pkce());
    is_dead(&portal.try_redeem(walked.returned.code()));
}

#[test]
fn s6_code_of_another_client() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let other = Application::register(&vestibule, "other", "confidential", &["--no-pkce"]);
    let code = code(&portal, &mut vestibule.person());
    is_dead(&other.try_redeem(&code));
    assert_eq!(portal.try_redeem(&code).status, 200, "and it is not used up by that");
}

#[test]
fn s6_code_with_another_redirect_uri() {
    let vestibule = server();
    let more = ["--no-pkce", "--redirect-uri", "http://app.localhost:9999/other"];
    let portal = Application::register(&vestibule, "portal", "confidential", &more);
    let code = code(&portal, &mut vestibule.person());
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    is_dead(&portal.token(&fields));
    for uri in ["http://app.localhost:9999/other", "http://app.localhost:9999/callback/", ""] {
        is_dead(&portal.token(&[&fields[..], &[("redirect_uri", uri)]].concat()));
    }
    assert_eq!(portal.try_redeem(&code).status, 200);
}

/// Or anybody who has seen a code in a log could sign its owner out.
#[test]
fn s7_only_a_replay_that_would_be_right_ends_the_tokens() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let request = spa.request().with("scope", "openid https://authgear.com/scopes/full-access");
    let code = spa.walk(&mut vestibule.person(), EMAIL, &request).returned.code().to_owned();
    let tokens = spa.redeem(&code);
    is_dead(&spa.token(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &VERIFIER.replace('d', "e")),
    ]));
    assert!(spa.resolves(&tokens), "a stranger has ended somebody's session");
    is_dead(&spa.try_redeem(&code));
    assert!(!spa.resolves(&tokens), "a code that came twice leaves no tokens");
}
