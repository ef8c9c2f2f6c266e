//! axe-core on every page in every state, zero violations, in both themes and at both widths; and what axe does not
//! look at: labels, autocomplete tokens, error texts tied to their fields, and width.

use serde_json::json;
use vestibule_tests::axe;
use vestibule_tests::browser::Browser;
use vestibule_tests::nginx::Site;
use vestibule_tests::person::encoded;
use vestibule_tests::server::{PASSWORD, Setup};

use super::{EMAIL, OPEN, sign_in, site, submit_sign_in};

/// Looks at the page as it is: wide and light, narrow and dark.
#[track_caller]
fn look(browser: &Browser, state: &str) {
    for (width, dark) in [(1100, false), (320, true), (320, false), (1100, true)] {
        browser.show(width, dark);
        axe::check(browser, &format!("{state}, {width} px, {}", if dark { "dark" } else { "light" }));
        let overflow = browser.script("return document.scrollingElement.scrollWidth - innerWidth");
        assert!(overflow.as_f64() <= Some(0.0), "{state}: {overflow} px wider than {width} px");
    }
    let found = browser.script(STRUCTURE);
    assert_eq!(found, json!([]), "{state} ({})", browser.url());
    assert_eq!(browser.complaints(), [""; 0], "{state}");
}

/// What WCAG asks and axe does not see. Gives a list of complaints.
const STRUCTURE: &str = r"
const found = [];
const known = ['username', 'username webauthn', 'email', 'name', 'current-password', 'new-password', 'one-time-code'];
if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
if (!document.documentElement.lang) found.push('no lang');
for (const field of document.querySelectorAll('input:not([type=hidden]):not([type=checkbox])')) {
  const shown = !field.hasAttribute('aria-hidden');
  if (shown && !(field.labels && field.labels.length && field.labels[0].offsetHeight > 0)) found.push(field.name + ': no visible label');
  // What a thing is called is no data about a person.
  const token = field.getAttribute('autocomplete');
  if (!known.includes(token) && !(field.name === 'label' && token === 'off')) found.push(field.name + ': autocomplete ' + field.getAttribute('autocomplete'));
  if (field.maxLength > 0 && field.maxLength < 64) found.push(field.name + ': too short');
  const by = field.getAttribute('aria-describedby');
  if (by && !by.split(' ').every(id => document.getElementById(id))) found.push(field.name + ': described by nothing');
  if (field.getAttribute('aria-invalid') && !by) found.push(field.name + ': invalid without a reason');
}
if (document.title.startsWith('Error')) {
  const alert = document.querySelector('[role=alert]');
  if (!alert) found.push('an error without an alert');
  else if (!alert.contains(document.activeElement)) found.push('the alert has not the focus');
}
for (const target of document.querySelectorAll('main button, main a.button')) {
  const box = target.getBoundingClientRect();
  if (box.width < 24 || box.height < 24) found.push(target.textContent.trim() + ': smaller than 24 px');
}
return found;";

/// The instruments work: a page with a mistake of each kind is seen.
#[test]
fn a_bad_page_is_seen() {
    let browser = Browser::start();
    let page = "<!doctype html><title>Error</title><main><h1>x</h1><input name=a><p style='width:2000px'>y</p></main>";
    browser.open(&format!("data:text/html,{}", encoded(page)));
    assert!(std::panic::catch_unwind(|| axe::check(&browser, "bad")).is_err(), "axe-core sees no missing label");
    let found = browser.script(STRUCTURE).to_string();
    for mistake in ["no lang", "no visible label", "autocomplete", "without an alert"] {
        assert!(found.contains(mistake), "{mistake}: {found}");
    }
    browser.script("console.error('seen')");
    assert_eq!(browser.complaints().len(), 1);
}

#[test]
fn the_pages_for_everybody() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/login?return_to=%2Fapp"));
    look(&browser, "sign in");
    submit_sign_in(&browser, "", "");
    look(&browser, "sign in, nothing typed");
    submit_sign_in(&browser, EMAIL, "not the password");
    look(&browser, "sign in, wrong");
    browser.open(&site.vestibule.url("/signup?return_to=%2Fapp"));
    look(&browser, "sign up");
    let sign_up = |email: &str, password: &str| {
        browser.fill("#email", email);
        browser.fill("#password", password);
        browser.submit("form[action$='/signup'] button[type=submit]");
    };
    browser.fill("#name", &"W".repeat(101));
    sign_up("not an address", "short");
    look(&browser, "sign up, everything wrong");
    browser.fill("#name", "");
    sign_up("new@example.com", "password1");
    look(&browser, "sign up, weak password");
    sign_up(EMAIL, PASSWORD);
    look(&browser, "sign up, taken address");
    browser.open(&site.vestibule.url("/logout"));
    look(&browser, "sign out, nobody");
    for (value, path) in [("one", "/"), ("two", "/auth")] {
        let cookie = json!({"name": "session", "value": value, "path": path, "url": site.vestibule.url("/login")});
        browser.chromium("Network.setCookie", &cookie);
    }
    browser.open(&site.vestibule.url("/login"));
    assert!(browser.text_of("[role=alert]").contains("two different cookies"), "{}", browser.text());
    look(&browser, "sign in, two cookies");
    browser.chromium("Network.clearBrowserCookies", &json!({}));
    browser.open(&site.vestibule.url("/login?deleted=1"));
    look(&browser, "account deleted");
    for (page, state) in
        [("/nowhere", "no such page"), ("/settings/name", "wrong method"), ("/login?a=1&a=2", "broken link")]
    {
        browser.open(&site.vestibule.url(page));
        look(&browser, state);
    }
}

#[test]
fn the_pages_of_somebody() {
    let site = site();
    let browser = Browser::start();
    let open = |page: &str, state: &str| {
        browser.open(&site.vestibule.url(page));
        look(&browser, state);
    };
    sign_in(&browser, &site);
    open("/settings", "account");
    browser.fill("#name", &"W".repeat(100));
    browser.submit("form[action$='/settings/name'] button[type=submit]");
    look(&browser, "account, a long name saved");
    browser.fill("#name", "ليلى 👩‍🚀");
    browser.submit("form[action$='/settings/name'] button[type=submit]");
    look(&browser, "account, another script");
    browser.fill("#email", EMAIL);
    browser.fill("#current_password", "not the password");
    browser.submit("form[action$='/settings/email'] button[type=submit]");
    look(&browser, "account, wrong password");
    browser.fill("#email", "Ada@example.com");
    browser.fill("#current_password", PASSWORD);
    browser.submit("form[action$='/settings/email'] button[type=submit]");
    look(&browser, "account, address saved");
    open("/settings/sessions", "sessions, one");
    site.vestibule.create_session(EMAIL);
    site.vestibule.person().sign_in(EMAIL);
    open("/settings/sessions", "sessions, three");
    browser.submit("form[action$='/settings/sessions/revoke-others'] button");
    look(&browser, "sessions, others ended");
    open("/settings/password", "password");
    let change = |current: &str, new: &str, state: &str| {
        browser.fill("#current_password", current);
        browser.fill("#new_password", new);
        browser.submit("form[action$='/settings/password'] button[type=submit]");
        look(&browser, state);
    };
    change("", "short", "password, both malformed");
    change("not the password", "password1", "password, wrong and weak");
    change("not the password", "a new horse and battery", "password, wrong");
    change(PASSWORD, "password1", "password, weak");
    change(PASSWORD, "a new horse and battery", "password, changed");
    open("/login", "sign in, already somebody");
    open("/login?other=1", "sign in, another account");
    open("/signup", "sign up, already somebody");
    open("/logout", "sign out");
    open("/settings/delete", "delete");
    browser.fill("#current_password", "not the password");
    browser.submit("form[action$='/settings/delete'] button[type=submit]");
    look(&browser, "delete, wrong password");
    browser.open(&site.vestibule.url("/logout"));
    browser.submit("form[action$='/logout'] button[type=submit]");
    look(&browser, "signed out");
    submit_sign_in(&browser, EMAIL, "a new horse and battery");
    site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
    open("/settings", "sign in, the session was ended");
    assert!(browser.has("[role=status]") && browser.url().contains("/login"), "{}", browser.text());
}

#[test]
fn the_pages_of_step_up() {
    let site = site();
    let browser = Browser::start();
    let open = |page: &str, state: &str| {
        browser.open(&site.vestibule.url(page));
        look(&browser, state);
    };
    sign_in(&browser, &site);
    open("/login?return_to=%2Fapp&amr=mfa", "step-up, no such method");
    open("/login?return_to=%2Fapp&max_age=0", "step-up");
    browser.fill("#password", "not the password");
    browser.submit("form[action$='/login'] button[type=submit]");
    look(&browser, "step-up, wrong password");
    browser.open(&site.vestibule.url("/login?return_to=%2Fapp&max_age=300"));
    open("/login?return_to=%2Fapp&max_age=300", "step-up, in a circle");
    assert!(browser.has("[role=alert]"), "{}", browser.text());
}

#[test]
fn the_pages_of_tokens_and_applications() {
    let site = site();
    let browser = Browser::start();
    let open = |page: &str, state: &str| {
        browser.open(&site.vestibule.url(page));
        look(&browser, state);
    };
    sign_in(&browser, &site);
    open("/settings/tokens", "tokens, none");
    let make = |label: &str, password: &str, state: &str| {
        browser.fill("#label", label);
        browser.fill("#current_password", password);
        browser.submit("form[action$='/settings/tokens'] button[type=submit]");
        look(&browser, state);
    };
    make("", "", "tokens, nothing typed");
    make(&"W".repeat(100), PASSWORD, "tokens, one was made");
    assert!(browser.text_of("code").starts_with("vbp_"), "{}", browser.text());
    browser.submit("form[action$='/settings/tokens/revoke'] button");
    look(&browser, "tokens, revoked");
    open("/settings/apps", "applications, none");
    let callback = format!("{}/app", site.vestibule.origin());
    let client = ["client", "add", "press", "--kind", "third-party", "--no-pkce", "--name", "The press"];
    site.vestibule.cli(&[&client[..], &["--redirect-uri", &callback]].concat()).expect_code(0);
    let query =
        format!("client_id=press&response_type=code&scope=openid+email&state=s&redirect_uri={}", encoded(&callback));
    open(&format!("/oauth2/authorize?{query}"), "consent");
    browser.submit("button[value=consent]");
    open("/settings/apps", "applications, one");
    assert!(browser.text().contains("your e-mail address"), "{}", browser.text());
    browser.submit("form[action$='/settings/apps/revoke'] button");
    look(&browser, "applications, revoked");
}

#[test]
fn the_pages_of_a_guest() {
    let site = site();
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/login"));
    browser.submit("form[action$='/login/guest'] button[type=submit]");
    for (page, state) in [
        ("/settings", "guest's account"),
        ("/signup", "guest's sign-up"),
        ("/settings/sessions", "guest's sessions"),
        ("/settings/delete", "guest's deletion"),
        ("/logout", "guest's sign-out"),
        ("/login", "guest at sign-in"),
    ] {
        browser.open(&site.vestibule.url(page));
        look(&browser, state);
    }
}

#[test]
fn the_pages_of_refusal() {
    let site = Site::printed(Setup::default().config("[limits]\nsign_in_per_account = 1"));
    site.vestibule.add_user(EMAIL, &[]);
    let browser = Browser::start();
    browser.open(&site.vestibule.url("/signup"));
    look(&browser, "sign up, closed");
    browser.open(&site.vestibule.url("/login"));
    look(&browser, "sign in, nothing else offered");
    browser.open(&site.vestibule.url("/login"));
    submit_sign_in(&browser, EMAIL, "not the password");
    submit_sign_in(&browser, EMAIL, "not the password");
    look(&browser, "sign in, too many");
    // A form on a page of another origin.
    let form = "<!doctype html><form method=post action=TO><button>Send</button></form>";
    let form = form.replace("TO", &site.vestibule.url("/logout"));
    browser.open(&format!("data:text/html,{}", encoded(&form)));
    browser.submit("button");
    look(&browser, "from another site");
}

/// The texts of the other language are longer.
#[test]
fn the_other_language_fits_as_well() {
    let site = Site::printed(Setup::default().config(OPEN));
    site.vestibule.add_user(EMAIL, &[]);
    let german = vestibule_tests::browser::Setup { language: "de", ..Default::default() };
    let browser = Browser::with(&german);
    browser.open(&site.vestibule.url("/login"));
    look(&browser, "sign in, German");
    sign_in(&browser, &site);
    site.vestibule.cli(&["token", "create", "--user", EMAIL]).expect_code(0);
    let further = [
        "/settings/tokens",
        "/settings/apps",
        "/settings/password",
        "/settings/delete",
        "/logout",
        "/login?max_age=0",
        "/login?amr=mfa",
    ];
    for page in ["/settings", "/settings/sessions"].into_iter().chain(further) {
        browser.open(&site.vestibule.url(page));
        look(&browser, &format!("{page}, German"));
    }
}
