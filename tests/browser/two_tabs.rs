//! Two tabs of one browser that sign in at the same moment: both get where they wanted, and both are signed in.

use serde_json::json;
use vestibule_tests::browser::Browser;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::PASSWORD;
use vestibule_tests::wait;

use super::session_end::guarded_site;
use super::{EMAIL, sign_in, site, told};

/// How often the race is run.
const ROUNDS: usize = 8;

/// Fills in the form that is open, and sends it when the other tab says so.
const SEND_WHEN_TOLD: &str = "
document.querySelector('#password').value = PASSWORD;
const email = document.querySelector('input[type=email]');
if (email) email.value = EMAIL;
window.channel = new BroadcastChannel('now');
channel.onmessage = () => document.querySelector('form').requestSubmit();";

/// Says so, and sends its own.
const SEND_BOTH: &str = "
document.querySelector('#password').value = PASSWORD;
const email = document.querySelector('input[type=email]');
if (email) email.value = EMAIL;
new BroadcastChannel('now').postMessage('now');
document.querySelector('form').requestSubmit();";

/// Opens the page in both tabs and sends both forms at once.
fn sign_in_at_once(browser: &Browser, site: &Site, asked: &str, tabs: [&str; 2]) {
    let script =
        |text: &str| text.replace("PASSWORD", &format!("'{PASSWORD}'")).replace("EMAIL", &format!("'{EMAIL}'"));
    for (tab, place) in tabs.into_iter().zip(["one", "two"]) {
        browser.go_to(tab);
        browser.open(&site.vestibule.url(&format!("/login?return_to=%2F{place}{asked}")));
        assert!(browser.has("#password"), "{}", browser.text());
    }
    browser.go_to(tabs[0]);
    browser.script(&script(SEND_WHEN_TOLD));
    browser.go_to(tabs[1]);
    browser.script(&script(SEND_BOTH));
    for (tab, place) in tabs.into_iter().zip(["one", "two"]) {
        browser.go_to(tab);
        let there = format!("{}/{place}", site.vestibule.origin());
        wait::until_or(
            || format!("{} is not {there}: {}", browser.url(), browser.text()),
            || (browser.url() == there).then_some(()),
        );
    }
}

/// Both tabs are signed in, by one cookie.
fn both_are_signed_in(browser: &Browser, site: &Site, tabs: [&str; 2]) {
    for tab in tabs {
        browser.go_to(tab);
        assert_eq!(told(browser, site, "session-valid").as_deref(), Some("true"), "a cookie that is dead was left");
    }
    let url = json!({"urls": [site.vestibule.url("/login")]});
    let cookies = browser.chromium("Network.getCookies", &url);
    let named = |name: &str| cookies["cookies"].as_array().into_iter().flatten().filter(|c| c["name"] == name).count();
    assert_eq!((named("session"), named("same_site_strict")), (1, 1), "{cookies}");
}

#[test]
fn two_tabs_that_sign_in_at_once_both_succeed() {
    let site = site();
    let browser = Browser::start();
    let (one, two) = (browser.tab(), browser.open_tab());
    let tabs = [one.as_str(), two.as_str()];
    for _ in 0..ROUNDS {
        browser.chromium("Network.clearBrowserCookies", &json!({}));
        sign_in_at_once(&browser, &site, "", tabs);
        both_are_signed_in(&browser, &site, tabs);
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

/// With the cookie of a session that is over in both.
#[test]
fn two_tabs_whose_session_has_ended_sign_in_at_once() {
    let site = site();
    let browser = Browser::start();
    let (one, two) = (browser.tab(), browser.open_tab());
    let tabs = [one.as_str(), two.as_str()];
    sign_in(&browser, &site);
    for _ in 0..ROUNDS {
        site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        sign_in_at_once(&browser, &site, "", tabs);
        both_are_signed_in(&browser, &site, tabs);
    }
}

/// Both renew the one session that they have: it stays one, and the old secret is dead.
#[test]
fn two_tabs_that_prove_it_once_more_at_once_both_succeed() {
    let site = site();
    let browser = Browser::start();
    let (one, two) = (browser.tab(), browser.open_tab());
    let tabs = [one.as_str(), two.as_str()];
    sign_in(&browser, &site);
    for _ in 0..ROUNDS {
        browser.open(&site.vestibule.url("/settings"));
        let before = browser.cookie("session").expect("signed in");
        sign_in_at_once(&browser, &site, "&max_age=0", tabs);
        both_are_signed_in(&browser, &site, tabs);
        assert!(!site.vestibule.is_live(&before));
        let list = site.vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out;
        assert_eq!(list.matches("\"id\"").count(), 1, "one session, with all that belongs to it: {list}");
    }
}

/// Behind a door that decides: a request with the cookie that the other tab has just replaced is sent to sign in, and
/// finds itself signed in there.
#[test]
fn two_tabs_at_once_get_where_they_wanted_behind_a_door() {
    let site = guarded_site();
    let browser = Browser::start();
    let (one, two) = (browser.tab(), browser.open_tab());
    let tabs = [one.as_str(), two.as_str()];
    sign_in(&browser, &site);
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        }
        sign_in_at_once(&browser, &site, "&max_age=0", tabs);
        for tab in tabs {
            browser.go_to(tab);
            let there = format!("{}/three", site.vestibule.origin());
            browser.open(&there);
            assert_eq!(browser.url(), there, "{}", browser.text());
        }
    }
}
