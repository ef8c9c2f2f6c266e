//! `/login?max_age=...&amr=...`: whoever is signed in proves it once more, as themselves.

use http::{Request, StatusCode, header};
use insta::assert_snapshot;
use vestibule_gate::account::{DisplayName, EmailAddress, Password, Roles};
use vestibule_gate::id::UserId;
use vestibule_ledger::changes::{Which, add_user, create_session, revoke};
use vestibule_ledger::{NewUser, UserRef, queries};

use crate::house::{Browser, House, PASSWORD};

const APP: &str = "return_to=https%3A%2F%2Fapp.example.com%2Forders%3Fa%3D1";
const THERE: &str = "https://app.example.com/orders?a=1";

/// Ada's browser, with a session behind which nobody has proven anything.
async fn made(house: &House, ada: UserId) -> Browser {
    let secret = create_session(&house.ledger, &UserRef::Id(ada)).await.expect("a session");
    let mut browser = house.browser();
    browser.cookies.push(("session".to_owned(), secret.expose().to_owned()));
    browser
}

async fn add(house: &House, email: &str, password: Option<&str>) -> UserId {
    let user = NewUser {
        id: None,
        email: EmailAddress::parse(email).expect("an address"),
        name: DisplayName::parse("").expect("a name"),
        roles: Roles::default(),
        verified: true,
        password: None,
    };
    add_user(&house.ledger, user, password.map(|text| Password::parse(text).expect("a password")))
        .await
        .expect("a user")
}

fn again<'f>(password: &'f str, email: &'f str) -> [(&'f str, &'f str); 4] {
    [("again", "1"), ("email", email), ("password", password), ("return_to", THERE)]
}

async fn sessions(house: &House, user: UserId) -> Vec<String> {
    let found = queries::sessions(&house.ledger, user).await.expect("a list");
    found.iter().map(|session| session.id.to_string()).collect()
}

#[tokio::test]
async fn who_has_not_proven_it_lately_proves_it_and_goes_on() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    let (before, old) = (sessions(&house, ada).await, browser.cookie("session").unwrap().to_owned());
    let page = browser.get(&format!("/auth/login?{APP}&max_age=300")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<h1>Confirm it is you</h1>") && page.body.contains("ada@example.com"), "{}", page.body);
    assert!(page.body.contains("name=\"max_age\" value=\"300\"") && !page.body.contains("type=\"email\""));
    assert!(page.body.contains("to continue to <bdi dir=\"ltr\">app.example.com</bdi>"), "{}", page.body);
    let done = browser.post("/auth/login", &again(PASSWORD, "ada@example.com")).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, THERE));
    assert_eq!(sessions(&house, ada).await, before, "the same session");
    assert_ne!(browser.cookie("session").unwrap(), old, "under a new secret");
    assert_eq!(browser.get(&format!("/auth/login?{APP}&max_age=300")).await.location, THERE, "and it is fresh");
}

#[tokio::test]
async fn session_fixation_the_secret_from_before_is_dead_at_once() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    let mut thief = house.browser();
    thief.cookies.clone_from(&browser.cookies);
    assert_eq!(thief.get("/auth/settings").await.status, StatusCode::OK);
    browser.post("/auth/login", &again(PASSWORD, "ada@example.com")).await;
    assert!(thief.get("/auth/settings").await.location.starts_with("/auth/login"));
    assert_eq!(browser.get("/auth/settings").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_is_fresh_goes_on_at_once_and_never_round_in_a_circle() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let address = format!("/auth/login?{APP}&max_age=300&amr=pwd");
    let on = browser.get(&address).await;
    assert_eq!((on.status, on.location.as_str()), (StatusCode::SEE_OTHER, THERE));
    let line = on.response.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(line.starts_with("step_up=") && line.contains("Path=/auth/login") && line.contains("Max-Age=30"), "{line}");
    let passed = line.split(['=', ';']).nth(1).unwrap().to_owned();
    browser.cookies.push(("step_up".to_owned(), passed));
    let back = browser.get(&address).await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(back.body.contains("Another cookie may sign you in there"), "{}", back.body);
    assert_eq!(
        browser.get("/auth/login?return_to=%2Fapp&max_age=300").await.status,
        StatusCode::SEE_OTHER,
        "elsewhere"
    );
}

#[tokio::test]
async fn nobody_is_asked_for_what_their_account_does_not_have() {
    let (house, ada) = House::with_ada().await;
    let mut signed_in = house.browser();
    signed_in.sign_in().await;
    for mut browser in [signed_in, made(&house, ada).await] {
        for amr in ["mfa", "pwd%20mfa", "pwd+otp", "x_of_ours", "%22%3E%3Cscript%3E"] {
            let page = browser.get(&format!("/auth/login?{APP}&max_age=300&amr={amr}")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{amr}");
            assert!(page.body.contains("a way of signing in that your account does not have"), "{}", page.body);
            assert!(page.location.is_empty() && !page.body.contains("<script>"), "{}", page.body);
        }
    }
    let bare = add(&house, "bare@example.com", None).await;
    let page = made(&house, bare).await.get(&format!("/auth/login?{APP}&max_age=300")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("your account has no password"), "{}", page.body);
    let request = Request::get("/auth/login?amr=mfa").header(header::ACCEPT, "application/json");
    let json = made(&house, ada).await.send(request, String::new()).await;
    assert_eq!(
        (json.status, json.body.as_str()),
        (StatusCode::FORBIDDEN, "{\"error\":\"Forbidden\",\"request\":null}")
    );
}

#[tokio::test]
async fn a_max_age_that_cannot_be_read_asks_again() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    for max_age in ["0", "-1", "soon", "5m", "1e9", "99999999999999999999999"] {
        let page = browser.get(&format!("/auth/login?{APP}&max_age={max_age}")).await;
        assert!(page.body.contains("<h1>Confirm it is you</h1>"), "{max_age}: {}", page.body);
    }
    let twice = browser.get(&format!("/auth/login?{APP}&max_age=0&max_age=9999")).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST, "two readings");
}

#[tokio::test]
async fn nobody_takes_the_place_of_who_was_asked() {
    let (house, ada) = House::with_ada().await;
    let bob = add(&house, "bob@example.com", Some("amber thicket violin")).await;
    let mut browser = made(&house, ada).await;
    let before = browser.cookie("session").unwrap().to_owned();
    let wrong = browser.post("/auth/login", &again("amber thicket violin", "ada@example.com")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.refused(), [("password", "The password is not right.")]);
    // The form of Bob, in a tab where he was signed in before her.
    let late = browser.post("/auth/login", &again("amber thicket violin", "bob@example.com")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("By now another account is signed in here"), "{}", late.body);
    assert!(late.body.contains("ada@example.com") && !late.body.contains("bob@"), "{}", late.body);
    assert_eq!(browser.cookie("session"), Some(before.as_str()));
    assert_eq!(sessions(&house, bob).await, [""; 0]);
    assert!(late.body.contains("/auth/logout?return_to="), "the way to another account leads out first: {}", late.body);
}

#[tokio::test]
async fn a_form_of_somebody_does_not_end_a_guest() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    let guest = browser.cookie("session").unwrap().to_owned();
    let late = browser.post("/auth/login", &again(PASSWORD, "ada@example.com")).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.body.contains("your guest session ends for good"), "and it is said what would: {}", late.body);
    assert_eq!(browser.cookie("session"), Some(guest.as_str()));
}

#[tokio::test]
async fn a_session_that_ended_under_the_form_is_begun_anew() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    revoke(&house.ledger, Which::User(UserRef::Id(ada))).await.unwrap();
    let wrong = browser.post("/auth/login", &again("not the one", "ada@example.com")).await;
    assert_eq!(wrong.refused(), [("", "E-mail or password is not right.")]);
    assert!(!wrong.body.contains("You are signed in as"), "{}", wrong.body);
    assert_eq!(browser.post("/auth/login", &again(PASSWORD, "ada@example.com")).await.location, THERE);
    assert_eq!(sessions(&house, ada).await.len(), 1);
}

#[tokio::test]
async fn a_guest_and_nobody_are_offered_to_sign_in_and_what_was_asked_is_carried_on() {
    let (house, _) = House::with_ada().await;
    let mut guest = house.browser();
    guest.post("/auth/login/guest", &[]).await;
    let mut somebody = house.browser();
    somebody.sign_in().await;
    let carried = format!("{APP}&#38;max_age=300&#38;amr=pwd+mfa");
    for (mut browser, more) in [(house.browser(), ""), (guest, ""), (somebody, "&other=1")] {
        let page = browser.get(&format!("/auth/login?{APP}&max_age=300&amr=pwd%20mfa{more}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("<h1>Sign in</h1>"), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"/auth/signup?{carried}\"")), "{carried}: {}", page.body);
        assert!(page.body.contains("name=\"amr\" value=\"pwd mfa\""), "{}", page.body);
    }
    let page = house.browser().get(&format!("/auth/signup?{APP}&max_age=300&amr=pwd%20mfa")).await;
    assert!(page.body.contains(&format!("href=\"/auth/login?{carried}\"")), "{}", page.body);
    let fields = [("email", "x"), ("max_age", "300"), ("amr", "pwd mfa"), ("return_to", THERE)];
    let page = house.browser().post("/auth/login", &fields).await;
    assert!(page.body.contains(&format!("href=\"/auth/signup?{carried}\"")), "after a mistake too: {}", page.body);
}

#[tokio::test]
async fn open_redirect_a_stranger_is_not_where_a_fresh_session_leads() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    for evil in ["//evil.example", "https:evil.example", "https://app.example.com@evil.example/", "javascript:alert(1)"]
    {
        let evil = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect::<String>();
        for more in ["max_age=300", "ended=1"] {
            let page = browser.get(&format!("/auth/login?return_to={evil}&{more}")).await;
            assert_eq!(page.location, "https://id.example.com/auth/settings", "{evil} {more}");
        }
    }
}

#[tokio::test]
async fn login_csrf_a_proof_is_taken_from_our_own_page_only() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    let before = browser.cookie("session").unwrap().to_owned();
    let body = format!("again=1&email=ada%40example.com&password={}&max_age=0", PASSWORD.replace(' ', "+"));
    for site in ["cross-site", "same-site", "none"] {
        let request = Request::post("/auth/login").header("sec-fetch-site", site);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        assert_eq!(browser.send(request, body.clone()).await.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(browser.cookie("session"), Some(before.as_str()));
}

#[tokio::test]
async fn password_guessing_is_limited_as_at_any_sign_in() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    for _ in 0..10 {
        browser.post("/auth/login", &again("not the one", "ada@example.com")).await;
    }
    let page = browser.post("/auth/login", &again(PASSWORD, "ada@example.com")).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.response.headers().contains_key(header::RETRY_AFTER));
    assert!(page.body.contains("<h1>Confirm it is you</h1>"), "{}", page.body);
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, ada) = House::with_ada().await;
    let mut browser = made(&house, ada).await;
    assert_snapshot!("asked", browser.get(&format!("/auth/login?{APP}&max_age=300")).await.settled());
    assert_snapshot!("wrong", browser.post("/auth/login", &again("not the one", "ada@example.com")).await.settled());
    assert_snapshot!("another", browser.post("/auth/login", &again(PASSWORD, "bob@example.com")).await.settled());
    assert_snapshot!("no_method", browser.get(&format!("/auth/login?{APP}&amr=mfa")).await.settled());
    let german = Request::get(format!("/auth/login?{APP}&amr=mfa")).header(header::ACCEPT_LANGUAGE, "de");
    assert_snapshot!("no_method_german", browser.send(german, String::new()).await.settled());
    let bare = add(&house, "bare@example.com", None).await;
    assert_snapshot!("no_password", made(&house, bare).await.get("/auth/login?max_age=300").await.settled());
}
