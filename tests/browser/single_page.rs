//! The sample single-page application, as `make run` offers it.

use vestibule_tests::browser::Browser;
use vestibule_tests::run::Run;
use vestibule_tests::{axe, wait};

use super::submit_sign_in;

const DEMO: &str = "demo@example.com";

#[test]
fn the_sample_single_page_application_signs_in_calls_its_api_and_signs_out() {
    let run = Run::start();
    let here = format!("http://localhost:{}/spa/", run.address.port());
    let browser = Browser::start();
    browser.open(&here);
    browser.wait_for("#stranger:not([hidden])");
    axe::check(&browser, "the sample single-page application, before");

    browser.submit("#sign-in");
    submit_sign_in(&browser, DEMO, &run.password(DEMO));
    assert_eq!(browser.url(), here, "the code is not left in the address");
    let is_told = || {
        let words = || format!("what the API was told is shown: {}", browser.text());
        wait::until_or(words, || browser.text().contains("x-authgear-user-id").then_some(()));
    };
    is_told();
    let text = browser.text();
    assert!(text.contains("Hello, Demo Person") && text.contains(DEMO), "{text}");
    assert!(text.contains("sample-spa"), "by the token, and not by the cookie of the sign-in: {text}");
    axe::check(&browser, "the sample single-page application, signed in");

    // A reload keeps the refresh token, and gets new tokens for it.
    let refresh = || browser.script("return sessionStorage.refresh").as_str().map(str::to_owned);
    let before = refresh();
    browser.open(&here);
    is_told();
    assert_ne!(refresh(), before);

    browser.submit("#sign-out");
    browser.wait_for("#stranger:not([hidden])");
    assert_eq!((browser.url(), refresh()), (here, None));
    browser.open(&format!("http://localhost:{}/", run.address.port()));
    assert!(browser.text().contains("You are not signed in"), "{}", browser.text());
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Signed out elsewhere, the page says so and does not go on as if nothing had happened.
#[test]
fn the_sample_single_page_application_notices_that_its_session_is_over() {
    let run = Run::start();
    let browser = Browser::start();
    browser.open(&format!("http://localhost:{}/spa/", run.address.port()));
    browser.submit("#sign-in");
    submit_sign_in(&browser, DEMO, &run.password(DEMO));
    browser.wait_for("#told tr");
    let mut elsewhere = run.person();
    assert_eq!(elsewhere.try_sign_in(DEMO, &run.password(DEMO)).status, 303);
    assert_eq!(elsewhere.post("/settings/sessions/revoke-others", &[]).status, 303);
    browser.click("#call");
    browser.wait_for("#stranger:not([hidden])");
    assert!(!browser.text_of("#problem").is_empty());
}
