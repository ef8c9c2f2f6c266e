//! Step-up at `/login`, with time that is moved: who has proven it lately goes on, who has not is asked.

use vestibule_tests::clock::Clock;
use vestibule_tests::oauth::Application;
use vestibule_tests::server::PASSWORD;
use vestibule_tests::skip;

const EMAIL: &str = "ada@example.com";

#[test]
fn a_proof_is_asked_for_when_it_is_too_old_and_not_before() {
    let Some(clock) = Clock::start("") else {
        return skip("a_proof_is_asked_for_when_it_is_too_old_and_not_before", "libfaketime is not installed");
    };
    clock.vestibule.add_user(EMAIL, &[]);
    let mut ada = clock.vestibule.person();
    ada.sign_in(EMAIL);
    let there = format!("{}/app", clock.vestibule.origin());
    let ask = "/login?return_to=%2Fapp&max_age=300";
    clock.at("+280");
    assert_eq!(ada.get(ask).header("location"), Some(there.as_str()));
    clock.at("+310");
    let asked = ada.get(ask);
    assert!(asked.status == 200 && asked.text().contains("Confirm it is you"), "{}{}", asked.head, asked.text());
    let before = clock.vestibule.resolve(&[("Cookie", &format!("session={}", ada.session()))]);
    let old = ada.session();
    let fields = [("again", "1"), ("email", EMAIL), ("password", PASSWORD), ("return_to", there.as_str())];
    let answer = ada.post("/login", &fields);
    assert_eq!((answer.status, answer.header("location")), (303, Some(there.as_str())));
    assert!(!clock.vestibule.is_live(&old), "the old secret is dead at once");
    let after = clock.vestibule.resolve(&[("Cookie", &format!("session={}", ada.session()))]);
    let at = |answer: &vestibule_tests::http::Response| {
        answer.identity("session-authenticated-at").and_then(|at| at.parse::<u64>().ok()).expect("a time")
    };
    assert!(at(&after) >= at(&before) + 300, "{} {}", before.head, after.head);
    assert_eq!(after.identity("user-id"), before.identity("user-id"));
    let list = clock.vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out;
    assert_eq!(list.matches("\"id\"").count(), 1, "the same session: {list}");
}

/// An application's token counts before the browser's session, and the page does not renew it: nobody types their
/// password for ever.
#[test]
fn an_older_token_of_an_application_leads_nobody_round_in_a_circle() {
    let Some(clock) = Clock::start("") else {
        return skip("an_older_token_of_an_application_leads_nobody_round_in_a_circle", "libfaketime is not installed");
    };
    clock.vestibule.add_user(EMAIL, &[]);
    let spa = Application::register(&clock.vestibule, "spa", "spa", &[]);
    let mut ada = clock.vestibule.person();
    let request = spa.request().with("scope", "openid https://authgear.com/scopes/full-access");
    let tokens = spa.sign_in(&mut ada, EMAIL, &request);
    ada.set_cookie("app_access_token", tokens["access_token"].as_str().expect("a token"));
    let ask = "/login?return_to=%2Fapp&max_age=300";
    clock.at("+400");
    assert!(ada.get(ask).text().contains("Confirm it is you"));
    let fields = [("again", "1"), ("email", EMAIL), ("password", PASSWORD), ("return_to", "/app")];
    assert_eq!(ada.post("/login", &fields).status, 303);
    let told = ada.get(ask);
    assert!(told.status == 200 && told.text().contains("Another cookie may sign you in there"), "{}", told.text());
}
