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

    browser.open(&site.vestibule.url("/settings"));
    let walk = walk(&browser);
    for stop in ["name", "email", "current_password", "a:/settings/password", "a:/settings/sessions", "a:/logout"] {
        assert!(walk.iter().any(|own| own == stop || own.ends_with(stop.trim_start_matches("a:"))), "{stop}: {walk:?}");
    }
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

/// Every stop of the Tab key until it comes round, each with a focus that can be seen.
fn walk(browser: &Browser) -> Vec<String> {
    let mut stops = Vec::new();
    for _ in 0..60 {
        browser.press(TAB);
        let stop = browser.script(FOCUSED).as_str().unwrap_or_default().to_owned();
        if stop == "body" || stops.first() == Some(&stop) {
            break;
        }
        assert_eq!(browser.script(VISIBLE), true, "the focus on {stop} cannot be seen");
        stops.push(stop);
    }
    stops
}

const FOCUSED: &str = "const e = document.activeElement;\
    return e === document.body ? 'body' : e.id || (e.getAttribute('href') ? 'a:' + e.getAttribute('href') : e.textContent.trim())";
const VISIBLE: &str = "const s = getComputedStyle(document.activeElement);\
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'";
