//! An application has its user do something in our settings, and is told that it was done: only when it was, once, and
//! with a code that is worth nothing else.

use serde_json::Value;
use vestibule_tests::http::{Response, exchange};
use vestibule_tests::oauth::{Application, CALLBACK, Request, VERIFIER, hidden};
use vestibule_tests::person::{Person, encoded};
use vestibule_tests::server::{PASSWORD, Vestibule};

use super::{EMAIL, server, spa};

const EVE: &str = "eve@example.com";
const NEW: &str = "a new horse and battery";

/// Tokens as Authgear's SDK asks for them.
fn tokens(application: &Application<'_>, person: &mut Person, email: &str) -> Value {
    let scope = "openid https://authgear.com/scopes/full-access offline_access";
    let request = application.request().with("scope", scope).with("x_sso_enabled", "false");
    application.sign_in(person, email, &request)
}

/// The request that the SDK makes for somebody's settings, with a hint of who that has to be.
fn request(vestibule: &Vestibule, application: &Application<'_>, of: &Value, hint: &Value) -> Request {
    let body = format!("{{\"refresh_token\": {}}}", of["refresh_token"]);
    let length = body.len();
    let raw = format!(
        "POST /auth/oauth2/app_session_token HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = exchange(&vestibule.public(), raw.as_bytes()).json();
    let token = answer["result"]["app_session_token"].as_str().unwrap_or_else(|| panic!("{answer}"));
    application
        .request()
        .with("response_type", "urn:authgear:params:oauth:response-type:settings-action")
        .with("scope", "openid https://authgear.com/scopes/full-access")
        .with("x_settings_action", "change_password")
        .with("x_sso_enabled", "false")
        .with("id_token_hint", hint["id_token"].as_str().expect("an ID token"))
        .with(
            "login_hint",
            &format!("https://authgear.com/login_hint?type=app_session_token&app_session_token={}", encoded(token)),
        )
}

/// Sends the browser there from a page of the same site.
fn ask(person: &mut Person, request: &Request) -> Response {
    person.get(&format!("/oauth2/authorize?{}", request.query()))
}

/// Changes the password on the page that the request leads to, and goes back to the request.
#[track_caller]
fn change(vestibule: &Vestibule, person: &mut Person, request: &Request) -> String {
    let answer = ask(person, request);
    let page = answer.header("location").unwrap_or_else(|| panic!("{}{}", answer.head, answer.text())).to_owned();
    assert!(page.contains("/settings/password?return_to="), "{page}");
    let back = vestibule.url(&format!("/oauth2/authorize?{}", request.query()));
    let fields = [("current_password", PASSWORD), ("new_password", NEW), ("return_to", &back)];
    let answer = person.post("/settings/password", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let back = answer.header("location").expect("back to the request").to_owned();
    person.open(&back).header("location").expect("an answer").to_owned()
}

fn code(location: &str) -> &str {
    let rest = location.split_once("?code=").unwrap_or_else(|| panic!("no code: {location}")).1;
    rest.split('&').next().unwrap_or_default()
}

#[test]
fn a_settings_code_is_worth_no_tokens() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut ada = vestibule.person();
    let tokens = tokens(&spa, &mut ada, EMAIL);
    let redeem = |grant: &str, code: &str| {
        spa.token(&[("grant_type", grant), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)])
    };
    let asked = request(&vestibule, &spa, &tokens, &tokens);
    let answer = change(&vestibule, &mut ada, &asked);
    let refused = redeem("authorization_code", code(&answer));
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_grant")), "{}", refused.text());
    let done = redeem("urn:authgear:params:oauth:grant-type:settings-action", code(&answer));
    let again = redeem("urn:authgear:params:oauth:grant-type:settings-action", code(&answer));
    assert_eq!((done.status, done.text()), (200, "{}".to_owned()));
    assert_eq!(again.status, 400, "once: {}", again.text());
    assert!(spa.resolves(&tokens), "the application's own session goes on");
}

/// Whoever signs in for such a request has not done what it wants.
#[test]
fn a_sign_in_is_not_what_a_settings_page_says() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let tokens = tokens(&spa, &mut vestibule.person(), EMAIL);
    let asked = request(&vestibule, &spa, &tokens, &tokens).without("login_hint");
    let back = vestibule.url(&format!("/oauth2/authorize?{}", asked.query()));
    let mut ada = vestibule.person();
    let answer = ada.post("/login", &[("email", EMAIL), ("password", PASSWORD), ("return_to", &back)]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(back.as_str())));
    assert_eq!(spa.told(&mut ada, &asked).error(), Some("login_required"));
}

#[test]
fn what_one_person_did_is_not_told_of_another() {
    let vestibule = server();
    vestibule.add_user(EVE, &[]);
    let spa = spa(&vestibule);
    let ada = tokens(&spa, &mut vestibule.person(), EMAIL);
    let mut browser = vestibule.person();
    let eve = tokens(&spa, &mut browser, EVE);
    let asked = request(&vestibule, &spa, &eve, &ada);
    let answer = change(&vestibule, &mut browser, &asked);
    assert!(answer.contains("error=login_required"), "{answer}");
}

#[test]
fn a_settings_page_that_was_left_answers_nothing() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut ada = vestibule.person();
    let tokens = tokens(&spa, &mut ada, EMAIL);
    let asked = request(&vestibule, &spa, &tokens, &tokens);
    let elsewhere = spa.ask(&mut ada, &asked);
    assert_eq!(elsewhere.status, 200, "from another site, it is asked first: {}", elsewhere.head);
    assert!(elsewhere.text().contains("value=\"continue\""), "{}", elsewhere.text());
    let text = elsewhere.text();
    let field = |name: &str| hidden(&text, name).unwrap_or_else(|| panic!("no {name}: {text}"));
    let word = [("request", &*field("request")), ("person", &*field("person")), ("x_action", "continue")];
    let answer = ada.post("/oauth2/consent", &word);
    assert!(answer.header("location").is_some_and(|to| to.contains("/settings/password?")), "{}", answer.head);
    for _ in 0..2 {
        let answer = ask(&mut ada, &asked);
        assert!(answer.header("location").is_some_and(|to| to.contains("/settings/password?")), "{}", answer.head);
    }
    assert_eq!(spa.told(&mut ada, &asked.clone().with("prompt", "none")).error(), Some("interaction_required"));
    assert_eq!(spa.told(&mut vestibule.person(), &asked).error(), Some("login_required"), "the token is used");
    let other = asked.with("x_settings_action", "add_phone");
    assert_eq!(spa.told(&mut ada, &other).error(), Some("invalid_request"));
}
