//! Language, theme, and the keyboard.

use vestibule_tests::browser::{Browser, ENTER, Setup, TAB};

use super::{EMAIL, PASSWORD, site, told};

#[test]
fn people_are_addressed_in_their_language() {
    let site = site();
    let page = |language: &'static str| {
        let browser = Browser::with(&Setup { language, ..Setup::default() });
        browser.open(&site.vestibule.url("/login"));
        (browser.script("return document.documentElement.lang"), browser.title(), browser.text())
    };
    let english = page("en-US,en");
    let german = page("de-AT,de,en");
    let other = page("fr,it");
    assert_eq!((english.0.as_str(), german.0.as_str()), (Some("en"), Some("de")));
    assert!(german.2.contains("Passwort"), "{}", german.2);
    assert_ne!(english.1, german.1);
    assert_eq!(other, english, "an unknown language is answered in English");
}

#[test]
fn dark_is_dark_and_light_is_light() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/login"));
    let lightness = |dark: bool| {
        browser.show(1100, dark);
        let body = "const rgb = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);\
                    return (rgb[0] + rgb[1] + rgb[2]) / 3";
        browser.script(body).as_f64().unwrap()
    };
    assert!(lightness(false) > 200.0, "{}", lightness(false));
    assert!(lightness(true) < 80.0, "{}", lightness(true));
}

#[test]
fn a_whole_visit_with_the_keyboard_alone() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/login?return_to=%2Fapp"));
    assert_eq!(browser.script(FOCUSED), "email", "the first field has the focus");
    browser.press(EMAIL);
    browser.press(TAB);
    assert_eq!(browser.script(FOCUSED), "password");
    browser.press(PASSWORD);
    assert_eq!(browser.script(VISIBLE), true, "the focus cannot be seen");
    browser.leaves(|| browser.press(ENTER));
    assert!(told(&browser, &site, "user-id").is_some());

    browser.open(&site.vestibule.url("/logout"));
    for _ in 0..10 {
        browser.press(TAB);
        if browser.script("return document.activeElement.type") == "submit" {
            break;
        }
    }
    browser.leaves(|| browser.press(ENTER));
    browser.wait_for("[role=status]");
    assert_eq!(told(&browser, &site, "user-id"), None);
}

#[test]
fn the_keyboard_visits_everything_in_the_order_of_reading() {
    let site = site();
    let browser = Browser::start();
    let stops = |page: &str| {
        browser.open(&site.vestibule.url(page));
        walk(&browser)
    };
    let sign_in = ["email", "password", "Show", "Sign in", "a:/auth/signup", "Continue as a guest"];
    assert_eq!(stops("/login"), sign_in);
    assert_eq!(stops("/signup"), ["name", "email", "password", "Show", "Open the account", "a:/auth/login"]);
    super::sign_in(&browser, &site);
    let account = [
        "name",
        "Save the name",
        "email",
        "current_password",
        "Show",
        "Change the address",
        "a:/auth/settings/password",
        "a:/auth/settings/sessions",
        "a:/auth/settings/apps",
        "a:/auth/settings/tokens",
        "a:/auth/logout",
        "a:/auth/settings/delete",
    ];
    assert_eq!(stops("/settings"), account);
    let password = ["current_password", "Show", "new_password", "Show", "Change the password", "a:/auth/settings"];
    assert_eq!(stops("/settings/password"), password);
    site.vestibule.create_session(EMAIL);
    let sessions = ["End the administrator's session", "Sign out everywhere else", "a:/auth/settings"];
    assert_eq!(stops("/settings/sessions"), sessions);
    assert_eq!(
        stops("/settings/delete"),
        ["current_password", "Show", "Delete my account for ever", "a:/auth/settings"]
    );
    assert_eq!(stops("/logout"), ["Sign out", "a:/auth/settings"]);
}

#[test]
fn the_summary_leads_to_each_field_that_is_refused() {
    let site = site();
    for scripts in [true, false] {
        let browser = Browser::with(&Setup { scripts, ..Setup::default() });
        browser.open(&site.vestibule.url("/signup"));
        browser.submit("form[action$='/signup'] button[type=submit]");
        assert_eq!(browser.script(FOCUSED), "errors", "the summary has the focus");
        browser.press(TAB);
        assert_eq!(browser.script(FOCUSED), "a:#email");
        browser.press(TAB);
        assert_eq!(browser.script(FOCUSED), "a:#password");
        browser.press(ENTER);
        assert_eq!(browser.script(FOCUSED), "password");
    }
}

#[test]
fn a_second_click_sends_nothing_twice() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/signup"));
    let sent = browser.script(
        "const form = document.querySelector('form'); let sent = 0;\
         form.addEventListener('submit', e => { sent += !e.defaultPrevented; e.preventDefault(); });\
         form.requestSubmit(); form.requestSubmit();\
         const once = sent; dispatchEvent(new Event('pageshow')); form.requestSubmit();\
         return [once, sent]",
    );
    assert_eq!(sent, serde_json::json!([1, 2]), "and again after coming back to the page");
}

#[test]
fn a_password_can_be_seen_where_scripts_run_and_nothing_is_missed_where_they_do_not() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/login"));
    browser.fill("#password", PASSWORD);
    let shown = || (browser.property("#password", "type"), browser.property(".show", "ariaLabel"));
    assert_eq!(shown(), ("password".into(), "Show password".into()));
    browser.click(".show");
    assert_eq!(shown(), ("text".into(), "Hide password".into()));
    let browser = Browser::with(&Setup { scripts: false, ..Setup::default() });
    browser.open(&site.vestibule.url("/login"));
    assert!(!browser.has(".show") && browser.has("#password"));
}

/// Every stop of the Tab key from where the focus is until it comes round, each with a focus that can be seen.
fn walk(browser: &Browser) -> Vec<String> {
    let mut stops: Vec<String> = Vec::new();
    for _ in 0..60 {
        let stop = browser.script(FOCUSED).as_str().unwrap_or_default().to_owned();
        if stop == "body" && !stops.is_empty() || stops.first() == Some(&stop) {
            break;
        }
        if stop != "body" {
            assert_eq!(browser.script(VISIBLE), true, "the focus on {stop} cannot be seen");
            stops.push(stop);
        }
        browser.press(TAB);
    }
    stops
}

const FOCUSED: &str = "const e = document.activeElement;\
    return e === document.body ? 'body' : e.id || (e.getAttribute('href') ? 'a:' + e.getAttribute('href').replace(location.origin, '') : e.textContent.trim())";
const VISIBLE: &str = "const s = getComputedStyle(document.activeElement);\
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'";
