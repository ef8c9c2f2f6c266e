//! Rows S13, S14, S15 and S24: the pages on the way to a client.

use vestibule_tests::http::Response;
use vestibule_tests::oauth::{Application, Page};
use vestibule_tests::person::Person;
use vestibule_tests::server::PASSWORD;

use super::{EMAIL, portal, server, spa};

fn third_party(vestibule: &vestibule_tests::server::Vestibule) -> Application<'_> {
    Application::register(vestibule, "third", "third-party", &["--name", "Third Corp"])
}

/// Follows a redirect to one of our pages.
fn follow(person: &mut Person, answer: &Response) -> Response {
    person.open(answer.header("location").unwrap_or_else(|| panic!("no redirect: {}", answer.head)))
}

/// 307 would send the password on to the application.
#[test]
fn s13_see_other_after_a_password() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let answer = portal.ask(&mut ada, &portal.request());
    assert_eq!(answer.status, 303, "{}", answer.head);
    let back = answer.header("location").expect("the page to sign in").to_owned();
    let page = ada.open(&back).text();
    let (_, rest) = page.split_once("name=\"return_to\" value=\"").expect("the way back");
    let to = rest.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
    let answer = ada.post("/login", &[("email", EMAIL), ("password", PASSWORD), ("return_to", &to)]);
    assert_eq!(answer.status, 303, "{}", answer.head);
    assert_eq!(follow(&mut ada, &answer).status, 303);
}

/// The pages on the way, as they are answered: to sign in, "continue as", consent, sign out, and an error.
fn on_the_way() -> Vec<(&'static str, Response)> {
    let vestibule = server();
    let (spa, third) = (spa(&vestibule), third_party(&vestibule));
    let mut ada = vestibule.person();
    let answer = spa.ask(&mut ada, &spa.request());
    let sign_in = follow(&mut ada, &answer);
    ada.sign_in(EMAIL);
    let go_on = spa.ask(&mut ada, &spa.request());
    let consent = third.ask(&mut ada, &third.request());
    ada.drop_cookie("same_site_strict");
    let sign_out = ada.open(&vestibule.url("/oauth2/end_session"));
    let error = spa.ask(&mut ada, &spa.request().with("client_id", "nobody"));
    vec![("sign in", sign_in), ("continue", go_on), ("consent", consent), ("sign out", sign_out), ("error", error)]
}

#[test]
fn s14_no_page_on_the_way_can_be_framed() {
    for (name, answer) in on_the_way() {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{name}: {}", answer.head);
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    }
}

#[test]
fn s15_no_page_on_the_way_tells_others_where_one_was() {
    for (name, answer) in on_the_way() {
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{name}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'"), "{name}: {policy}");
        let page = answer.text();
        for tag in ["src=\"http", "<link rel=\"stylesheet\" href=\"http", "url(http"] {
            assert!(!page.contains(tag), "{name} loads something from elsewhere: {page}");
        }
    }
}

#[test]
fn s24_a_third_party_is_named_with_its_host_and_a_first_party_asks_nothing() {
    let vestibule = server();
    let (portal, third) = (portal(&vestibule), third_party(&vestibule));
    let mut ada = vestibule.person();
    let request = third.request().with("scope", "openid email");
    let prompt_none = request.clone().with("prompt", "none");
    ada.sign_in(EMAIL);
    assert_eq!(third.told(&mut ada, &prompt_none).error(), Some("consent_required"));
    let page = third.ask(&mut ada, &request);
    assert!(page.text().contains("app.localhost") && page.text().contains(EMAIL), "{}", page.text());
    assert_eq!(third.walk(&mut ada, EMAIL, &request).pages, [Page::Consent]);
    assert!(third.told(&mut ada, &prompt_none).get("code").is_some(), "it is remembered");
    let more = request.with("scope", "openid email profile");
    assert_eq!(third.walk(&mut ada, EMAIL, &more).pages, [Page::Consent], "but not for more than was allowed");
    assert_eq!(portal.walk(&mut ada, EMAIL, &portal.request()).pages, []);
}

#[test]
fn s24_who_does_not_allow_it_is_sent_back_with_that() {
    let vestibule = server();
    let third = third_party(&vestibule);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    let page = third.ask(&mut ada, &third.request()).text();
    let (_, rest) = page.split_once("name=\"request\" value=\"").expect("the request");
    let request = rest.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
    let answer = ada.post("/oauth2/consent", &[("request", &request), ("x_action", "cancel")]);
    let returned = vestibule_tests::oauth::Returned::read(&answer, vestibule_tests::oauth::CALLBACK);
    assert_eq!(returned.expect("the way back").error(), Some("access_denied"));
}
