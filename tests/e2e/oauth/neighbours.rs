//! The next person at the computer, another tab, another program on the device, a page elsewhere: none of them gets what
//! somebody was about to allow.

use serde_json::json;
use vestibule_tests::oauth::{Application, Page, hidden};
use vestibule_tests::person::Person;
use vestibule_tests::server::PASSWORD;

use super::{EMAIL, portal, server, spa};

const OTHER: &str = "bob@example.com";
const FULL: &str = "openid offline_access https://authgear.com/scopes/full-access";

/// Where an answer sends the browser.
fn sent(answer: &vestibule_tests::http::Response) -> String {
    answer.header("location").unwrap_or_default().to_owned()
}

#[test]
fn back_after_signing_out_is_no_sign_in() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut there = vestibule.person();
    // Somebody signs in for a request, and leaves before the browser is back at the application.
    let back = vestibule.url(&format!("/oauth2/authorize?{}", spa.request().query()));
    let fields = [("email", EMAIL), ("password", PASSWORD), ("return_to", back.as_str())];
    assert_eq!(there.post("/login", &fields).status, 303);
    assert_eq!(there.post("/logout", &[]).status, 303);
    assert!(sent(&there.open(&back)).contains("/login"));
}

#[test]
fn the_word_on_a_page_counts_for_whom_it_was_shown_to() {
    let vestibule = server();
    vestibule.add_user(OTHER, &[]);
    let third = Application::register(&vestibule, "third", "third-party", &[]);
    let mut there = vestibule.person();
    there.sign_in(EMAIL);
    let page = third.ask(&mut there, &third.request());
    let text = page.text();
    let (request, person) = (hidden(&text, "request").unwrap(), hidden(&text, "person").unwrap());
    // In another tab somebody else signs in.
    there.sign_in(OTHER);
    let fields = [("request", request.as_str()), ("person", &person), ("x_action", "consent")];
    let answer = there.post("/oauth2/consent", &fields);
    assert_eq!((answer.status, answer.header("location")), (200, None), "the page is shown again");
    assert!(answer.text().contains(OTHER));
}

#[test]
fn claims_by_name_are_asked_for_like_scopes() {
    let vestibule = server();
    let third = Application::register(&vestibule, "third", "third-party", &["--no-pkce"]);
    let mut ada = vestibule.person();
    third.sign_in(&mut ada, EMAIL, &third.request());
    let silent = third.request().with("prompt", "none");
    assert!(third.told(&mut ada, &silent).get("code").is_some(), "what was allowed is allowed");
    let more = silent.with("claims", r#"{"userinfo":{"email":null},"id_token":{"name":null}}"#);
    assert_eq!(third.told(&mut ada, &more).error(), Some("consent_required"));
    let walked = third.walk(&mut ada, EMAIL, &more.with("prompt", ""));
    assert_eq!(walked.pages, [Page::Consent]);
    assert_eq!(third.userinfo(&third.redeem(walked.returned.code())).json()["email"], EMAIL);
}

#[test]
fn another_program_on_the_device_gets_nothing_silently() {
    let vestibule = server();
    let native = Application::register(&vestibule, "native", "native", &[]);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    let silent = native.told(&mut ada, &native.request().with("prompt", "none"));
    assert_eq!(silent.error(), Some("interaction_required"));
    assert_eq!(native.walk(&mut ada, EMAIL, &native.request()).pages, [Page::Continue]);
}

#[test]
fn a_link_from_elsewhere_lets_nobody_in_as_the_one_who_made_it() {
    let vestibule = server();
    vestibule.add_user(OTHER, &[]);
    let spa = spa(&vestibule);
    let tokens = spa.sign_in(&mut vestibule.person(), OTHER, &spa.request().with("scope", FULL));
    let body = json!({ "refresh_token": tokens["refresh_token"] }).to_string();
    let issued = vestibule.person().post_json("/oauth2/app_session_token", &body).json();
    let token = issued["result"]["app_session_token"].as_str().expect("a token").to_owned();
    let hint = format!("https://authgear.com/login_hint?type=app_session_token&app_session_token={token}");
    let request = vestibule_tests::oauth::Request::default()
        .with("client_id", "spa")
        .with("response_type", "none")
        .with("prompt", "none")
        .with("scope", "openid https://authgear.com/scopes/full-access")
        .with("redirect_uri", &vestibule.url("/settings?"))
        .with("login_hint", &hint);
    let mut victim = vestibule.person();
    victim.sign_in(EMAIL);
    let answer = spa.ask(&mut victim, &request);
    assert_eq!((answer.status, victim.cookie("app_session")), (200, None), "{}", answer.head);
    assert!(answer.text().contains(OTHER), "it says who one would be");
    let mut nobody = vestibule.person();
    assert_eq!(spa.ask(&mut nobody, &request).status, 200);
    // The application itself, on the same site.
    let mut there = vestibule.person();
    assert_eq!(there.get(&format!("/oauth2/authorize?{}", request.query())).status, 303);
    assert!(there.cookie("app_session").is_some());
}

#[test]
fn a_dead_token_is_not_made_good_by_a_cookie() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let tokens = portal.sign_in(&mut vestibule.person(), EMAIL, &portal.request());
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    portal.post("/oauth2/revoke", &[("token", &token)]);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    assert_eq!(ada.get("/oauth2/userinfo").status, 200);
    ada.headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    assert_eq!(ada.get("/oauth2/userinfo").status, 401);
}

#[test]
fn a_hint_that_nobody_can_verify_means_nobody() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut ada: Person = vestibule.person();
    ada.sign_in(EMAIL);
    let request = spa.request().with("prompt", "none");
    assert!(spa.told(&mut ada, &request).get("code").is_some());
    assert_eq!(spa.told(&mut ada, &request.clone().with("id_token_hint", "x.y.z")).error(), Some("login_required"));
    let subject = r#"{"id_token":{"sub":{"value":"0190a5f8-7b7c-7d4e-8f00-0123456789ab"}}}"#;
    assert_eq!(spa.told(&mut ada, &request.with("claims", subject)).error(), Some("login_required"));
}
