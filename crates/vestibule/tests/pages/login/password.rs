//! `/login`: signing in.

use http::{StatusCode, header};
use insta::assert_snapshot;
use vestibule_ledger::UserRef;
use vestibule_ledger::changes::{Which, revoke};

use crate::house::{Browser, House, PASSWORD};

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/auth/").await.location, "/auth/login");
    assert!(browser.get("/auth/login").await.body.contains("autocomplete=\"username\""));
    let done = browser.sign_in().await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "https://id.example.com/auth/settings"));
    let lines: Vec<&str> =
        done.response.headers().get_all(header::SET_COOKIE).iter().map(|l| l.to_str().unwrap()).collect();
    let session = lines.iter().find(|line| line.starts_with("session=vbs_")).expect("a session cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure", "Domain=example.com", "Max-Age="] {
        assert!(session.contains(attribute), "{attribute}: {session}");
    }
    assert!(lines.iter().any(|line| line.starts_with("session=;") && !line.contains("Domain")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("same_site_strict=") && line.contains("SameSite=Strict")));
    assert_eq!(browser.get("/auth/").await.location, "https://id.example.com/auth/settings");
    assert!(
        browser.get("/auth/login").await.body.contains("You are signed in as <bdi dir=\"ltr\">ada@example.com</bdi>.")
    );
    assert!(browser.get("/auth/logout").await.body.contains("<button"));
    assert_eq!(browser.get("/auth/settings").await.status, StatusCode::OK, "a GET signs nobody out");
    let out = browser.post("/auth/logout", &[]).await;
    assert_eq!(out.location, "/auth/login?signed_out=1");
    assert_eq!(browser.cookie("session"), None);
    assert!(browser.cookie("device").is_some(), "the browser stays known");
    assert!(browser.get("/auth/login?signed_out=1").await.body.contains("You are signed out."));
}

#[tokio::test]
async fn user_enumeration_wrong_password_and_no_account_look_the_same() {
    let (house, _) = House::with_ada().await;
    let attempt = async |email: &str| {
        let page = house.browser().post("/auth/login", &[("email", email), ("password", "not the one")]).await;
        (page.status, page.body.replace(email, "X"))
    };
    let known = attempt("ada@example.com").await;
    assert_eq!(known, attempt("eve@example.com").await);
    assert_eq!(known.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(known.1.contains("E-mail or password is not right.") && known.1.contains("<title>Error: Sign in"));
    assert!(!known.1.contains("not the one"));
}

#[tokio::test]
async fn too_many_attempts_say_how_long_to_wait() {
    let (house, _) = House::with_ada().await;
    for _ in 0..10 {
        house.browser().post("/auth/login", &[("email", "ada@example.com"), ("password", "not the one")]).await;
    }
    let page = house.browser().sign_in().await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.response.headers().contains_key(header::RETRY_AFTER));
    assert!(page.body.contains("Wait 15 minutes"), "{}", page.body);
}

#[tokio::test]
async fn return_to_leads_to_an_allowed_origin_and_form_action_knows_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    let page = browser.get("/auth/login?return_to=https%3A%2F%2Fapp.example.com%2Fx%3Fa%3D1").await;
    let policy = page.response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://app.example.com;"), "{policy}");
    assert!(page.body.contains("value=\"https://app.example.com/x?a=1\""), "{}", page.body);
    let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("return_to", "https://app.example.com/x?a=1")];
    assert_eq!(browser.post("/auth/login", &fields).await.location, "https://app.example.com/x?a=1");
}

#[tokio::test]
async fn the_page_speaks_the_browsers_language() {
    let house = House::new().await;
    let request = http::Request::get("/auth/login").header(header::ACCEPT_LANGUAGE, "de-CH,de;q=0.9");
    let page = house.browser().send(request, String::new()).await;
    assert!(page.body.contains("<html lang=\"de\">") && page.body.contains("<h1>Anmelden</h1>"));
}

#[tokio::test]
async fn every_field_that_is_refused_is_named_at_once() {
    let (house, _) = House::with_ada().await;
    let page = house.browser().post("/auth/login", &[("email", ""), ("password", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.refused(), [("email", "Type your e-mail address."), ("password", "Type your password.")]);
}

#[tokio::test]
async fn a_wrong_sign_in_is_said_of_neither_field() {
    let (house, _) = House::with_ada().await;
    for password in ["not the one", &"x".repeat(2000)] {
        let page = house.browser().post("/auth/login", &[("email", "ada@example.com"), ("password", password)]).await;
        assert_eq!(page.refused(), [("", "E-mail or password is not right.")]);
        assert!(
            !page.body.contains("aria-invalid") && page.body.contains("value=\"ada@example.com\""),
            "{}",
            page.body
        );
    }
}

#[tokio::test]
async fn the_page_says_which_host_asked_and_never_one_that_is_not_allowed() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    let app = "return_to=https%3A%2F%2Fapp.example.com%2Forders";
    let asks = async |browser: &mut Browser, page: String| browser.get(&page).await.body;
    for page in ["login", "signup"] {
        let body = asks(&mut browser, format!("/auth/{page}?{app}")).await;
        assert!(body.contains("to continue to <bdi dir=\"ltr\">app.example.com</bdi>"), "{body}");
        let body = asks(&mut browser, format!("/auth/{page}?return_to=%2Fapp")).await;
        assert!(body.contains("to continue to <bdi dir=\"ltr\">id.example.com</bdi>"), "{body}");
        for none in ["", "return_to=%2Fauth%2Fsettings", "return_to=%2Fauth", "return_to=https%3A%2F%2Fevil.example%2F"]
        {
            let body = asks(&mut browser, format!("/auth/{page}?{none}")).await;
            assert!(!body.contains("to continue to") && !body.contains("evil"), "{none}: {body}");
        }
    }
    let fields = [("email", ""), ("password", ""), ("return_to", "https://app.example.com/orders")];
    assert!(browser.post("/auth/login", &fields).await.body.contains("app.example.com</bdi>"), "after a mistake too");
    browser.sign_in().await;
    let body = asks(&mut browser, format!("/auth/login?{app}")).await;
    assert!(body.contains(">Continue to <bdi dir=\"ltr\">app.example.com</bdi></a>"), "{body}");
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_explained() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    revoke(&house.ledger, Which::User(UserRef::Id(ada))).await.unwrap();
    let sent = browser.get("/auth/settings").await;
    assert_eq!(sent.location, "/auth/login?return_to=%2Fauth%2Fsettings");
    let asked_again = browser.get(&sent.location).await;
    assert_eq!(asked_again.location, format!("{}&ended=1", sent.location));
    assert!(browser.cookie("session").is_some(), "another tab may have replaced it meanwhile");
    let page = browser.get(&asked_again.location).await;
    assert!(page.body.contains("role=\"status\">Your session has ended. Sign in again.<"), "{}", page.body);
    assert_eq!(browser.cookie("session"), None);
    assert!(!browser.get(&sent.location).await.body.contains("Your session has ended"), "said once");
    assert!(!browser.get(&asked_again.location).await.body.contains("Your session has ended"), "said once");
}

/// A request with the old cookie is overtaken by a sign-in in another tab.
#[tokio::test]
async fn a_cookie_that_another_tab_has_just_replaced_signs_nobody_out() {
    let (house, _) = House::with_ada().await;
    let mut one_tab = house.browser();
    one_tab.sign_in().await;
    let mut other_tab = house.browser();
    other_tab.cookies.clone_from(&one_tab.cookies);
    one_tab.sign_in().await;
    let late = other_tab.get("/auth/login?return_to=%2Fapp").await;
    assert_eq!(late.location, "/auth/login?return_to=%2Fapp&ended=1");
    assert!(!late.response.headers().contains_key(header::SET_COOKIE), "it would clear what has just been set");
    other_tab.cookies.clone_from(&one_tab.cookies);
    let found = other_tab.get(&late.location).await;
    assert_eq!((found.status, found.location.as_str()), (StatusCode::SEE_OTHER, "https://id.example.com/app"));
}

#[tokio::test]
async fn a_guest_is_told_that_signing_in_ends_the_guest() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert!(!browser.get("/auth/login").await.body.contains("here as a guest"));
    browser.post("/auth/login/guest", &[]).await;
    let page = browser.get("/auth/login").await;
    assert!(page.body.contains("your guest session ends for good"), "{}", page.body);
    assert!(!page.body.contains("/auth/login/guest"), "a guest already");
    let planted = browser.cookie("session").unwrap().to_owned();
    browser.sign_in().await;
    assert_ne!(browser.cookie("session").unwrap(), planted);
    let page = browser.get("/auth/login?other=1").await;
    assert!(page.body.contains("That ends when you sign in to another account."), "{}", page.body);
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    assert_snapshot!("fresh", browser.get("/auth/login").await.settled());
    let app = "return_to=https%3A%2F%2Fapp.example.com%2Forders%3Fa%3D1";
    assert_snapshot!("for_an_application", browser.get(&format!("/auth/login?{app}")).await.settled());
    assert_snapshot!("empty", browser.post("/auth/login", &[]).await.settled());
    let wrong = [("email", "ada@example.com"), ("password", "not the one"), ("return_to", "/app")];
    assert_snapshot!("wrong", browser.post("/auth/login", &wrong).await.settled());
    assert_snapshot!("signed_out", browser.get("/auth/login?signed_out=1").await.settled());
    let german = http::Request::get("/auth/login").header(header::ACCEPT_LANGUAGE, "de");
    assert_snapshot!("german", browser.send(german, String::new()).await.settled());
    browser.sign_in().await;
    assert_snapshot!("somebody_already", browser.get("/auth/login").await.settled());
    assert_snapshot!("somebody_for_an_application", browser.get(&format!("/auth/login?{app}")).await.settled());
    assert_snapshot!("another_account", browser.get(&format!("/auth/login?other=1&{app}")).await.settled());
    revoke(&house.ledger, Which::User(UserRef::Id(ada))).await.unwrap();
    assert_eq!(browser.get("/auth/login").await.location, "/auth/login?ended=1");
    assert_snapshot!("session_ended_elsewhere", browser.get("/auth/login?ended=1").await.settled());
}

#[tokio::test]
async fn as_a_guest_sees_it() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    assert_snapshot!("guest", browser.get("/auth/login").await.settled());
}

#[tokio::test]
async fn as_those_see_it_who_may_not() {
    let (house, ada) = House::with_ada().await;
    vestibule_ledger::changes::disable_user(&house.ledger, &UserRef::Id(ada)).await.unwrap();
    assert_snapshot!("disabled", house.browser().sign_in().await.settled());
    let (house, _) = House::with_ada().await;
    for _ in 0..10 {
        house.browser().post("/auth/login", &[("email", "ada@example.com"), ("password", "not the one")]).await;
    }
    assert_snapshot!("too_many", house.browser().sign_in().await.settled());
    let mut tossed = house.browser();
    tossed.cookies = [("session", "a"), ("session", "b")].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    assert_snapshot!("two_cookies", tossed.get("/auth/login").await.settled());
}
