//! Rows O1 to O11 and O17: the code flow of an ordinary OpenID client, its ID token and its userinfo.

use std::collections::BTreeSet;

use serde_json::Value;
use vestibule_tests::oauth::{Application, CALLBACK, Page};

use super::{EMAIL, portal, server, spa};

#[test]
fn o1_code_flow_without_pkce_for_a_client_with_a_secret() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = portal.request().without_pkce();
    let mut ada = vestibule.person();
    let walked = portal.walk(&mut ada, EMAIL, &request);
    assert_eq!(walked.pages, [Page::SignIn]);
    assert_eq!(walked.returned.get("state"), Some("a state"));
    assert_eq!(walked.returned.get("iss"), Some(vestibule.url("").as_str()));
    let fields = |code| [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    assert_eq!(portal.token(&fields(walked.returned.code())).status, 200);
    let codes: BTreeSet<String> = (0..20).map(|_| portal.told(&mut ada, &request).code().to_owned()).collect();
    assert_eq!(codes.len(), 20);
    // 128 bits as long, 96 bits as random: each has a random part of 24 bytes, which are 32 characters.
    let random: BTreeSet<&str> = codes.iter().map(|code| &code[4..36]).collect();
    assert_eq!(random.len(), 20, "{codes:?}");
}

#[test]
fn o2_the_token_answer_is_what_the_specification_says() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let code = portal.walk(&mut vestibule.person(), EMAIL, &portal.request()).returned.code().to_owned();
    let answer = portal.try_redeem(&code);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert!(tokens["access_token"].is_string() && tokens["id_token"].is_string(), "{tokens}");
    let seconds = tokens["expires_in"].as_i64().expect("a number");
    assert!((1795..=1800).contains(&seconds), "{seconds}");
    assert!(tokens.get("refresh_token").is_none(), "nobody asked for offline_access");
}

#[test]
fn o3_the_id_token_says_who_for_whom_and_since_when() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    let token = portal.id_token(&tokens);
    assert_eq!(token.claims["iss"], vestibule.url("").as_str());
    assert_eq!(token.claims["aud"], "portal");
    assert_eq!(token.claims["nonce"], "a-nonce");
    assert!(!token.text("sub").is_empty() && token.text("sub") != "portal");
    let issued = token.number("iat");
    assert!((1..=3600).contains(&(token.number("exp") - issued)), "{}", token.claims);
    assert!((0..=60).contains(&(issued - token.number("auth_time"))), "{}", token.claims);
    assert!(token.claims.get("acr").is_none(), "an empty acr fails the suite, and we know none");
}

#[test]
fn o4_nothing_that_was_not_asked_for_is_in_the_id_token() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = portal.request().with("scope", "openid profile email");
    let token = portal.id_token(&portal.sign_in(&mut vestibule.person(), EMAIL, &request));
    for claim in ["name", "email", "email_verified", "preferred_username", "updated_at"] {
        assert!(token.claims.get(claim).is_none(), "{claim} travels in addresses as id_token_hint");
    }
}

#[test]
fn o6_the_id_token_is_signed_with_rs256_and_names_its_key() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let token = portal.id_token(&portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request()));
    assert_eq!(token.header["alg"], "RS256");
    assert!(token.header["kid"].is_string());
}

fn userinfo_of(application: &Application<'_>, tokens: &Value) -> Value {
    let answer = application.userinfo(tokens);
    assert_eq!(answer.status, 200, "{}{}", answer.head, answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

#[test]
fn o8_userinfo_by_get() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    assert_eq!(userinfo_of(&portal, &tokens)["sub"], portal.id_token(&tokens).claims["sub"]);
}

#[test]
fn o9_userinfo_by_post_with_a_header() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let answer = vestibule.person().post_as("/oauth2/userinfo", &[], &[("Authorization", &bearer)]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), userinfo_of(&portal, &tokens));
}

#[test]
fn o10_userinfo_by_post_with_the_token_in_the_body() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    let token = tokens["access_token"].as_str().expect("a token");
    let answer = vestibule.person().post_as("/oauth2/userinfo", &[("access_token", token)], &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), userinfo_of(&portal, &tokens));
}

#[test]
fn o11_a_request_without_a_nonce_is_granted() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request().without("nonce"));
    assert!(portal.id_token(&tokens).claims.get("nonce").is_none());
}

#[test]
fn o17_the_order_of_parameters_and_scopes_does_not_matter() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = portal.request().with("scope", "email profile openid").reversed();
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &request);
    assert_eq!(userinfo_of(&portal, &tokens)["name"], "Ada");
}

#[test]
fn o41_pkce_is_taken_from_a_client_with_a_secret() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    assert!(tokens["access_token"].is_string());
    let spa = spa(&vestibule);
    assert!(spa.sign_in(&mut vestibule.person(), EMAIL, &spa.request())["access_token"].is_string());
}
