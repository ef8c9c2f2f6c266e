//! Rows L1 to L4: RP-initiated logout. Nobody is signed out by a link, and nobody is sent to a stranger.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use vestibule_tests::http::Response;
use vestibule_tests::oauth::{Application, LOGGED_OUT, Request};
use vestibule_tests::person::Person;
use vestibule_tests::server::Vestibule;

use super::{EMAIL, portal, server};

/// Somebody who is signed in, and the ID token that the portal has of it.
fn signed_in(vestibule: &Vestibule, portal: &Application<'_>) -> (Person, String) {
    let mut ada = vestibule.person();
    let tokens = portal.sign_in(&mut ada, EMAIL, &portal.request());
    (ada, tokens["id_token"].as_str().expect("a token").to_owned())
}

/// The browser comes from the application, which is another site: the strict cookie stays at home.
#[track_caller]
fn end_session(vestibule: &Vestibule, person: &mut Person, query: &Request) -> Response {
    person.drop_cookie("same_site_strict");
    person.open(&vestibule.url(&format!("/oauth2/end_session?{}", query.query())))
}

fn is_signed_in(portal: &Application<'_>, person: &mut Person) -> bool {
    portal.told(person, &portal.request().with("prompt", "none")).error().is_none()
}

/// A page of ours that asks, and nothing has happened yet.
#[track_caller]
fn asks(portal: &Application<'_>, person: &mut Person, answer: &Response) -> String {
    assert_eq!(answer.status, 200, "{}", answer.head);
    let page = answer.text();
    assert!(page.contains("/oauth2/end_session/confirm"), "{page}");
    assert!(is_signed_in(portal, person), "signed out before anybody was asked");
    let (_, rest) = page.split_once("name=\"request\" value=\"").expect("the request");
    rest.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn l1_logout_with_hint_uri_and_state() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, hint) = signed_in(&vestibule, &portal);
    let query = Request::default()
        .with("id_token_hint", &hint)
        .with("post_logout_redirect_uri", LOGGED_OUT)
        .with("state", "a state");
    let answer = end_session(&vestibule, &mut ada, &query);
    assert_eq!(answer.status, 303, "{}", answer.head);
    let location = answer.header("location").expect("a redirect");
    assert!(
        [format!("{LOGGED_OUT}?state=a+state"), format!("{LOGGED_OUT}?state=a%20state")].contains(&location.into())
    );
    assert!(!is_signed_in(&portal, &mut ada));
}

#[test]
fn l1_logout_without_state() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, hint) = signed_in(&vestibule, &portal);
    let query = Request::default().with("id_token_hint", &hint).with("post_logout_redirect_uri", LOGGED_OUT);
    assert_eq!(end_session(&vestibule, &mut ada, &query).header("location"), Some(LOGGED_OUT));
    assert!(!is_signed_in(&portal, &mut ada));
}

#[test]
fn l1_logout_by_post() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, hint) = signed_in(&vestibule, &portal);
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", LOGGED_OUT)];
    let answer = vestibule.person().post_as("/oauth2/end_session", &fields, &[("Sec-Fetch-Site", "cross-site")]);
    ada.drop_cookie("same_site_strict");
    let answer = ada.open(answer.header("location").expect("a redirect to itself"));
    assert_eq!(answer.header("location"), Some(LOGGED_OUT), "{}", answer.head);
    assert!(!is_signed_in(&portal, &mut ada));
}

#[test]
fn l2_bad_post_logout_redirect_uri() {
    for uri in [
        "http://app.localhost:9999/elsewhere",
        "http://app.localhost:9999/out?foo=bar",
        "http://app.localhost:9999/out/",
        "https://evil.example/",
    ] {
        let vestibule = server();
        let portal = portal(&vestibule);
        let (mut ada, hint) = signed_in(&vestibule, &portal);
        let query = Request::default().with("id_token_hint", &hint).with("post_logout_redirect_uri", uri);
        let answer = end_session(&vestibule, &mut ada, &query);
        let location = answer.header("location").unwrap_or_default();
        assert!(location.is_empty() || location.starts_with("/auth/"), "{uri}: {location}");
    }
}

/// No way back to the application before somebody has confirmed.
#[track_caller]
fn l3(hint: impl Fn(&str) -> Option<String>) {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, good) = signed_in(&vestibule, &portal);
    let query = Request::default().with("post_logout_redirect_uri", LOGGED_OUT).with("state", "x");
    let query = match hint(&good) {
        Some(bad) => query.with("id_token_hint", &bad),
        None => query,
    };
    let answer = end_session(&vestibule, &mut ada, &query);
    asks(&portal, &mut ada, &answer);
}

#[test]
fn l3_modified_id_token_hint() {
    l3(|good| {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
        Some(format!("{header}.{}.", good.split('.').nth(1).unwrap_or_default()))
    });
}

/// The signature of another key: here, of nobody's.
#[test]
fn l3_bad_id_token_hint() {
    l3(|good| {
        let (signed, signature) = good.rsplit_once('.').expect("three parts");
        Some(format!("{signed}.{}", signature.chars().rev().collect::<String>()))
    });
}

#[test]
fn l3_no_id_token_hint() {
    l3(|_| None);
}

/// Signs out after the question, and says so.
#[track_caller]
fn l4(query: &Request) {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, _) = signed_in(&vestibule, &portal);
    let answer = end_session(&vestibule, &mut ada, query);
    let request = asks(&portal, &mut ada, &answer);
    let answer = ada.post("/oauth2/end_session/confirm", &[("request", &request)]);
    assert_eq!(answer.status, 303, "{}", answer.head);
    let page = ada.open(answer.header("location").expect("a page of ours"));
    assert!(page.text().contains("signed out"), "{}", page.text());
    assert!(!is_signed_in(&portal, &mut ada));
}

#[test]
fn l4_no_params() {
    l4(&Request::default());
}

#[test]
fn l4_only_state() {
    l4(&Request::default().with("state", "x"));
}

#[test]
fn l4_no_post_logout_redirect_uri() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let (mut ada, hint) = signed_in(&vestibule, &portal);
    let answer = end_session(&vestibule, &mut ada, &Request::default().with("id_token_hint", &hint));
    let page = ada.open(answer.header("location").expect("a page of ours"));
    assert!(page.text().contains("signed out"), "{}", page.text());
    assert!(!is_signed_in(&portal, &mut ada));
}
