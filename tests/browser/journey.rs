//! Each flow from its first page to its last, with scripts and without: the same steps, the same texts.

use vestibule_tests::backend::Backend;
use vestibule_tests::browser::{Browser, Setup};
use vestibule_tests::nginx::Site;
use vestibule_tests::server::{self, PASSWORD};

use super::{EMAIL, OPEN, sign_in, site, submit_sign_in, told};

fn with_and_without_scripts(flow: impl Fn(&Browser, &Site)) {
    for scripts in [true, false] {
        let browser = Browser::with(&Setup { scripts, ..Setup::default() });
        let site = site();
        flow(&browser, &site);
        assert_eq!(browser.complaints(), [""; 0]);
    }
}

#[test]
fn sign_in_and_sign_out() {
    with_and_without_scripts(|browser, site| {
        assert_eq!(told(browser, site, "user-id"), None);
        sign_in(browser, site);
        assert_eq!(told(browser, site, "session-valid").as_deref(), Some("true"));
        assert_eq!(told(browser, site, "user-roles").as_deref(), Some("editor"));
        browser.open(&site.vestibule.url("/logout"));
        assert!(told(browser, site, "user-id").is_some(), "opening the page signs nobody out");
        browser.open(&site.vestibule.url("/logout"));
        browser.submit("form[action$='/logout'] button[type=submit]");
        browser.wait_for("[role=status]");
        assert_eq!(browser.cookie("session"), None);
        assert_eq!(told(browser, site, "user-id"), None);
    });
}

#[test]
fn a_wrong_password_is_explained_and_nothing_is_lost_but_the_password() {
    with_and_without_scripts(|browser, site| {
        browser.open(&site.vestibule.url("/login?return_to=%2Fapp"));
        submit_sign_in(browser, EMAIL, "not the password");
        assert!(browser.title().starts_with("Error"), "{}", browser.title());
        assert!(!browser.text_of("[role=alert]").is_empty());
        assert_eq!(browser.property("#email", "value"), EMAIL);
        assert_eq!(browser.property("#password", "value"), "");
        assert_eq!(browser.cookie("session"), None);
        browser.fill("#password", PASSWORD);
        browser.submit("form[action$='/login'] button[type=submit]");
        assert_eq!(browser.url(), format!("{}/app", site.vestibule.origin()), "return_to survives the mistake");
    });
}

/// A rule wants a proof of lately: asked as the same person, back to where they wanted, and signed in as before.
#[test]
fn somebody_proves_it_once_more() {
    with_and_without_scripts(|browser, site| {
        sign_in(browser, site);
        let (user, secret) = (told(browser, site, "user-id"), browser.cookie("session").expect("signed in"));
        browser.open(&site.vestibule.url("/login?return_to=%2Fapp%3Fa%3D1&max_age=0"));
        assert!(browser.text().contains(EMAIL) && !browser.has("#email"), "{}", browser.text());
        browser.fill("#password", "not the password");
        browser.submit("form[action$='/login'] button[type=submit]");
        assert!(browser.title().starts_with("Error: Confirm it is you"), "{}", browser.title());
        browser.fill("#password", PASSWORD);
        browser.submit("form[action$='/login'] button[type=submit]");
        assert_eq!(browser.url(), format!("{}/app?a=1", site.vestibule.origin()));
        assert!(!site.vestibule.is_live(&secret));
        assert_eq!(told(browser, site, "user-id"), user);
        browser.open(&site.vestibule.url("/login?return_to=%2Fapp&max_age=300"));
        assert_eq!(browser.url(), format!("{}/app", site.vestibule.origin()), "fresh enough: no question");
        browser.open(&site.vestibule.url("/login?return_to=%2Fapp&max_age=0"));
        browser.submit("a[href*='/logout']");
        browser.submit("form[action$='/logout'] button[type=submit]");
        assert_eq!(browser.cookie("session"), None, "not them: signed out first");
        assert_eq!(browser.url(), format!("{}/app", site.vestibule.origin()));
    });
}

#[test]
fn sign_up() {
    with_and_without_scripts(|browser, site| {
        browser.open(&site.vestibule.url("/login?return_to=%2Fapp"));
        browser.submit("a[href*='/signup']");
        browser.fill("#name", "Grace");
        browser.fill("#email", "grace@example.com");
        browser.fill("#password", "password1");
        browser.submit("form[action$='/signup'] button[type=submit]");
        assert!(browser.title().starts_with("Error"), "a weak password is refused: {}", browser.title());
        assert_eq!(browser.property("#email", "value"), "grace@example.com");
        browser.fill("#password", PASSWORD);
        browser.submit("form[action$='/signup'] button[type=submit]");
        assert_eq!(browser.url(), format!("{}/app", site.vestibule.origin()));
        assert_eq!(told(browser, site, "user-verified").as_deref(), Some("false"));
        browser.open(&site.vestibule.url("/settings"));
        assert_eq!(browser.property("#name", "value"), "Grace");
    });
}

#[test]
fn a_guest_becomes_a_user_and_keeps_the_id() {
    with_and_without_scripts(|browser, site| {
        browser.open(&site.vestibule.url("/login"));
        browser.submit("form[action$='/login/guest'] button[type=submit]");
        assert_eq!(told(browser, site, "user-anonymous").as_deref(), Some("true"));
        let id = told(browser, site, "user-id");
        let secret = browser.cookie("session");
        browser.open(&site.vestibule.url("/signup"));
        browser.fill("#email", "grace@example.com");
        browser.fill("#password", PASSWORD);
        browser.submit("form[action$='/signup'] button[type=submit]");
        assert_eq!(told(browser, site, "user-anonymous").as_deref(), Some("false"));
        assert_eq!(told(browser, site, "user-id"), id);
        assert_ne!(browser.cookie("session"), secret);
        assert!(!site.vestibule.is_live(&secret.expect("a guest has a session")));
    });
}

#[test]
fn the_password_is_changed() {
    with_and_without_scripts(|browser, site| {
        sign_in(browser, site);
        // A password manager's way in.
        browser.open(&site.vestibule.url("/.well-known/change-password"));
        assert!(browser.url().ends_with("/settings/password"), "{}", browser.url());
        let change = |current: &str| {
            browser.fill("#current_password", current);
            browser.fill("#new_password", "a new horse and battery");
            browser.submit("form[action$='/settings/password'] button[type=submit]");
        };
        change("not the password");
        assert!(browser.title().starts_with("Error"), "{}", browser.title());
        assert_eq!(browser.property("#current_password", "ariaInvalid"), "true");
        change(PASSWORD);
        browser.wait_for("[role=status]");
        browser.chromium("Network.clearBrowserCookies", &serde_json::json!({}));
        browser.open(&site.vestibule.url("/login"));
        submit_sign_in(browser, EMAIL, "a new horse and battery");
        assert!(told(browser, site, "user-id").is_some());
    });
}

#[test]
fn name_and_address_are_changed_and_the_account_is_deleted() {
    with_and_without_scripts(|browser, site| {
        sign_in(browser, site);
        browser.open(&site.vestibule.url("/settings"));
        assert!(browser.text().contains("editor"), "roles are shown");
        browser.fill("#name", "Countess");
        browser.submit("form[action$='/settings/name'] button[type=submit]");
        browser.wait_for("[role=status]");
        assert_eq!(browser.property("#name", "value"), "Countess");
        browser.fill("#email", "countess@example.com");
        browser.fill("#current_password", "not the password");
        browser.submit("form[action$='/settings/email'] button[type=submit]");
        assert!(browser.title().starts_with("Error"), "{}", browser.title());
        browser.fill("#email", "countess@example.com");
        browser.fill("#current_password", PASSWORD);
        browser.submit("form[action$='/settings/email'] button[type=submit]");
        browser.wait_for("[role=status]");
        site.vestibule.cli(&["user", "show", "countess@example.com"]).expect_code(0);

        browser.open(&site.vestibule.url("/settings/delete"));
        browser.fill("#current_password", PASSWORD);
        browser.submit("form[action$='/settings/delete'] button[type=submit]");
        assert_eq!(told(browser, site, "user-id"), None);
        site.vestibule.cli(&["user", "show", "countess@example.com"]).expect_code(1);
    });
}

/// Chromium applies the form-action of the page to the redirect after the form: a policy that is too narrow leaves
/// people on a page that does nothing.
#[test]
fn signing_in_leads_to_another_origin() {
    for scripts in [true, false] {
        let other = Backend::start();
        let origin = format!("http://localhost:{}", other.address().port());
        let config = format!("{OPEN}\n[login]\nreturn_to = [\"{origin}\"]");
        let site = Site::printed(server::Setup::default().config(&config));
        site.vestibule.add_user(EMAIL, &[]);
        let browser = Browser::with(&Setup { scripts, ..Setup::default() });
        let there = format!("{origin}/there?x=1");
        browser.open(&site.vestibule.url(&format!("/login?return_to={}", vestibule_tests::person::encoded(&there))));
        submit_sign_in(&browser, EMAIL, PASSWORD);
        assert_eq!(browser.url(), there, "{:?}", browser.complaints());
        assert!(other.last().all("cookie").join("; ").contains("session="), "the cookie reaches another port");

        browser.open(&site.vestibule.url("/login?return_to=https%3A%2F%2Fevil.example%2F"));
        assert!(browser.url().starts_with(&site.vestibule.origin()), "{}", browser.url());
    }
}
