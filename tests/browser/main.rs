//! The pages in real Chromium, behind real nginx: every flow with and without scripts, every page and state under
//! axe-core, in light and dark, on a desk and on a phone, with the keyboard alone.

mod accessible;
mod journey;
mod looks;
mod sdk;
mod second_browser;
mod session_end;
mod single_page;
mod two_tabs;

use vestibule_tests::browser::Browser;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::{PASSWORD, Setup};

const EMAIL: &str = "ada@example.com";

/// A site on which everything is switched on.
fn site() -> Site {
    let site = Site::printed(Setup::default().config(OPEN));
    site.vestibule.add_user(EMAIL, &["--name", "Ada", "--role", "editor"]);
    site
}

const OPEN: &str = "[signup]\nenabled = true\n[anonymous]\nenabled = true\n[api_tokens]\nenabled = true";

/// Sends the sign-in form of the page that is open.
fn submit_sign_in(browser: &Browser, email: &str, password: &str) {
    browser.fill("#email", email);
    browser.fill("#password", password);
    browser.submit("form[action$='/login'] button[type=submit]");
}

fn sign_in(browser: &Browser, site: &Site) {
    browser.open(&site.vestibule.url("/login"));
    submit_sign_in(browser, EMAIL, PASSWORD);
    assert!(browser.cookie("session").is_some(), "not signed in: {}", browser.text());
}

/// What the application is told about this browser: one identity header.
fn told(browser: &Browser, site: &Site, name: &str) -> Option<String> {
    browser.open(&format!("{}/app", site.vestibule.origin()));
    assert!(browser.text().contains("application"), "{}", browser.text());
    let seen = site.backend.seen();
    let page = seen.iter().rev().find(|seen| seen.head.starts_with("GET /app ")).expect("the application was asked");
    page.identity(name).map(str::to_owned)
}
