//! Rows O20 to O24, O26, O27 and O35: when somebody is asked again, and when they are not.

use serde_json::Value;
use vestibule_tests::clock::Clock;
use vestibule_tests::oauth::{Application, IdToken, Page, Request};
use vestibule_tests::person::Person;
use vestibule_tests::server::PASSWORD;
use vestibule_tests::skip;

use super::{EMAIL, add_ada, portal, server};

/// Signs in and says what the ID token says, with the answer that it came in.
fn first(portal: &Application<'_>, person: &mut Person) -> (IdToken, Value) {
    let tokens = portal.sign_in(person, EMAIL, &portal.request());
    (portal.id_token(&tokens), tokens)
}

/// Asks again without a page and says what the new ID token says.
fn silently(portal: &Application<'_>, person: &mut Person, request: &Request) -> IdToken {
    let returned = portal.told(person, request);
    portal.id_token(&portal.redeem(returned.code()))
}

#[test]
fn o20_prompt_login_asks_again() {
    let Some(clock) = Clock::start("") else {
        return skip("o20_prompt_login_asks_again", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let portal = portal(&clock.vestibule);
    let mut ada = clock.vestibule.person();
    let (before, _) = first(&portal, &mut ada);
    clock.at("+60");
    let walked = portal.walk(&mut ada, EMAIL, &portal.request().with("prompt", "login"));
    assert_eq!(walked.pages, [Page::SignIn]);
    let after = portal.id_token(&portal.redeem(walked.returned.code()));
    assert_eq!(after.claims["sub"], before.claims["sub"]);
    assert!(after.number("auth_time") >= before.number("auth_time") + 59, "{} {}", before.claims, after.claims);
}

#[test]
fn o21_prompt_none_when_nobody_is_signed_in() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let state = "s".repeat(128);
    let request = portal.request().with("prompt", "none").with("state", &state);
    let returned = portal.told(&mut vestibule.person(), &request);
    assert_eq!(returned.error(), Some("login_required"));
    assert_eq!(returned.get("state"), Some(state.as_str()));
    assert_eq!(returned.get("iss"), Some(vestibule.url("").as_str()));
}

#[test]
fn o22_prompt_none_when_somebody_is_signed_in() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let (before, _) = first(&portal, &mut ada);
    let after = silently(&portal, &mut ada, &portal.request().with("prompt", "none"));
    for claim in ["sub", "auth_time"] {
        assert_eq!(after.claims[claim], before.claims[claim], "{claim}");
    }
}

#[test]
fn o23_max_age_1_asks_again_after_two_seconds() {
    let Some(clock) = Clock::start("") else {
        return skip("o23_max_age_1_asks_again_after_two_seconds", "libfaketime is not installed");
    };
    add_ada(&clock.vestibule);
    let portal = portal(&clock.vestibule);
    let mut ada = clock.vestibule.person();
    let (before, _) = first(&portal, &mut ada);
    clock.at("+60");
    let walked = portal.walk(&mut ada, EMAIL, &portal.request().with("max_age", "1"));
    assert_eq!(walked.pages, [Page::SignIn]);
    let after = portal.id_token(&portal.redeem(walked.returned.code()));
    assert!(after.number("auth_time") >= before.number("auth_time") + 59, "{} {}", before.claims, after.claims);
    assert!((0..=10).contains(&(after.number("iat") - after.number("auth_time"))), "{}", after.claims);
}

#[test]
fn o24_auth_time_is_there_when_max_age_was_sent() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = portal.request().with("max_age", "15000");
    let token = portal.id_token(&portal.sign_in(&mut vestibule.person(), EMAIL, &request));
    assert!(token.number("auth_time") > 0);
}

#[test]
fn o26_max_age_10000_does_not_ask_again() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let (before, _) = first(&portal, &mut ada);
    let after = silently(&portal, &mut ada, &portal.request().with("max_age", "10000"));
    for claim in ["sub", "auth_time"] {
        assert_eq!(after.claims[claim], before.claims[claim], "{claim}");
    }
}

#[test]
fn o27_id_token_hint_of_the_one_who_is_signed_in() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let (before, tokens) = first(&portal, &mut ada);
    let hint = tokens["id_token"].as_str().expect("a token");
    let request = portal.request().with("prompt", "none").with("id_token_hint", hint);
    assert_eq!(silently(&portal, &mut ada, &request).claims["sub"], before.claims["sub"]);
    vestibule.add_user("bob@example.com", &[]);
    let mut bob = vestibule.person();
    bob.sign_in("bob@example.com");
    assert_eq!(portal.told(&mut bob, &request).error(), Some("login_required"), "Bob is not who is hinted at");
}

/// RFC 9470: an API has answered `insufficient_user_authentication` with `acr_values` and `max_age`, and its client comes
/// with both. The person proves it once more, and the client is told by `amr` and `auth_time` what it got.
#[test]
fn a_client_that_was_asked_for_more_gets_what_the_account_can_give() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let (before, _) = first(&portal, &mut ada);
    let request = portal.request().with("acr_values", "mfa").with("max_age", "0");
    let walked = portal.walk(&mut ada, EMAIL, &request);
    assert_eq!(walked.pages, [Page::SignIn]);
    let after = portal.id_token(&portal.redeem(walked.returned.code()));
    assert_eq!(after.claims["sub"], before.claims["sub"]);
    assert_eq!(after.claims["amr"], serde_json::json!(["pwd"]));
    assert!(after.claims.get("acr").is_none() && after.number("auth_time") > 0, "{}", after.claims);
    let claims = r#"{"id_token":{"acr":{"essential":true,"values":["mfa"]}}}"#;
    let told = portal.told(&mut ada, &portal.request().with("claims", claims));
    assert_eq!(told.error(), Some("unmet_authentication_requirements"), "never a circle");
}

/// The page on which a client's user proves it once more is theirs alone.
#[test]
fn nobody_takes_the_place_of_whom_a_client_asks_again() {
    let vestibule = server();
    vestibule.add_user("bob@example.com", &[]);
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    first(&portal, &mut ada);
    let before = ada.session();
    let asked = portal.ask(&mut ada, &portal.request().with("max_age", "0"));
    let page = ada.open(asked.header("location").expect("to the page"));
    let back = vestibule_tests::oauth::hidden(&page.text(), "return_to").expect("the way back");
    let fields = [("again", "1"), ("email", "bob@example.com"), ("password", PASSWORD), ("return_to", &back)];
    let refused = ada.post("/login", &fields);
    assert_eq!(refused.status, 422, "{}", refused.head);
    assert!(refused.header("set-cookie").is_none() && vestibule.is_live(&before), "{}", refused.head);
    assert_eq!(vestibule_tests::oauth::hidden(&refused.text(), "email").as_deref(), Some(EMAIL), "it is still hers");
}

/// A form from another site brings none of our cookies: it must not be taken for nobody's.
#[test]
fn o35_a_request_by_post_finds_who_is_signed_in() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    first(&portal, &mut ada);
    let request = portal.request().with("prompt", "none");
    let from = [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://app.localhost:9999")];
    let answer = vestibule.person().post_as("/oauth2/authorize", &request.pairs(), &from);
    assert_eq!(answer.status, 303, "{}", answer.head);
    let again = ada.open(answer.header("location").expect("a redirect to itself"));
    assert!(portal.walk_on(&mut ada, EMAIL, again).returned.get("code").is_some());
}
