//! Rows O5, O18, O19, O25, O28 to O31, O37, O38 and S8: parameters that are missing, unknown, or not ours.

use vestibule_tests::oauth::Page;

use super::{EMAIL, portal, server};

/// A request with these parameters is granted like any other.
#[track_caller]
fn is_granted(more: &[(&str, &str)]) {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = more.iter().fold(portal.request(), |request, (name, value)| request.with(name, value));
    let walked = portal.walk(&mut vestibule.person(), EMAIL, &request);
    assert_eq!(walked.pages, [Page::SignIn]);
    let token = portal.id_token(&portal.redeem(walked.returned.code()));
    assert!(token.claims.get("acr").is_none(), "{}", token.claims);
}

/// What the application is told of a request with these parameters.
#[track_caller]
fn refused(name: &str, value: Option<&str>) -> String {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = match value {
        Some(value) => portal.request().with(name, value),
        None => portal.request().without(name),
    };
    let returned = portal.told(&mut vestibule.person(), &request);
    assert_eq!(returned.get("state"), Some("a state"));
    assert_eq!(returned.get("iss"), Some(vestibule.url("").as_str()));
    returned.error().unwrap_or_else(|| panic!("{returned:?}")).to_owned()
}

#[test]
fn o5_response_type_missing() {
    assert_eq!(refused("response_type", None), "invalid_request");
}

#[test]
fn o18_display_page() {
    is_granted(&[("display", "page")]);
}

#[test]
fn o19_display_popup() {
    is_granted(&[("display", "popup")]);
}

#[test]
fn o25_an_unknown_parameter_is_ignored() {
    is_granted(&[("extra", "foobar")]);
}

#[test]
fn o28_ui_locales() {
    is_granted(&[("ui_locales", "se de-CH en tlh")]);
}

#[test]
fn pages_on_the_way_speak_the_language_that_was_asked_for() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut nobody = vestibule.person();
    for (locales, language) in [("se de-CH en", "de"), ("tlh", "en"), ("en de", "en")] {
        let first = portal.ask(&mut nobody, &portal.request().with("ui_locales", locales));
        let page = nobody.open(first.header("location").expect("the way to sign in"));
        assert!(page.text().contains(&format!("<html lang=\"{language}\">")), "{locales}");
    }
}

#[test]
fn o29_claims_locales() {
    is_granted(&[("claims_locales", "se")]);
}

#[test]
fn o30_login_hint() {
    is_granted(&[("login_hint", "buffy@auth.example.com")]);
}

#[test]
fn o31_acr_values() {
    is_granted(&[("acr_values", "1 2")]);
}

#[test]
fn o37_request_uri_is_refused_by_name() {
    let uri = "https://app.example.com/request.jwt#x";
    assert_eq!(refused("request_uri", Some(uri)), "request_uri_not_supported");
}

#[test]
fn o38_a_request_object_is_refused_by_name() {
    assert_eq!(refused("request", Some("eyJhbGciOiJub25lIn0.e30.")), "request_not_supported");
}

#[test]
fn s8_no_implicit_grant_and_no_password_grant() {
    for response_type in ["token", "id_token", "id_token token", "code token", "code id_token"] {
        assert_eq!(refused("response_type", Some(response_type)), "unsupported_response_type", "{response_type}");
    }
    let vestibule = server();
    let portal = portal(&vestibule);
    let answer = portal.token(&[
        ("grant_type", "password"),
        ("username", EMAIL),
        ("password", vestibule_tests::server::PASSWORD),
    ]);
    assert_eq!((answer.status, &answer.json()["error"]), (400, &"unsupported_grant_type".into()));
}

#[test]
fn a_scope_that_nobody_knows_is_refused_and_not_left_out() {
    assert_eq!(refused("scope", Some("openid everything")), "invalid_scope");
    assert_eq!(refused("scope", Some("profile")), "invalid_scope");
}
