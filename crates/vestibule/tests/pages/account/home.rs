//! `/settings`, and the forms on it.

use http::StatusCode;
use insta::assert_snapshot;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn settings_are_shown_and_changed() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/auth/settings").await.location, "/auth/login?return_to=%2Fauth%2Fsettings");
    browser.sign_in().await;
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains("billing:admin") && page.body.contains(">verified<"), "{}", page.body);
    assert_eq!(
        browser.post("/auth/settings/name", &[("name", "Countess")]).await.location,
        "/auth/settings?saved=name"
    );
    let wrong = [("email", "new@example.com"), ("current_password", "not the one")];
    let refused = browser.post("/auth/settings/email", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("aria-describedby=\"current_password-error\"")
            && refused.body.contains("new@example.com")
    );
    let right = [("email", "new@example.com"), ("current_password", PASSWORD)];
    assert_eq!(browser.post("/auth/settings/email", &right).await.status, StatusCode::SEE_OTHER);
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains(">not verified<") && page.body.contains("Countess"));
}

#[tokio::test]
async fn every_field_that_is_refused_is_named_at_once() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let page = browser.post("/auth/settings/email", &[("email", "ada@"), ("current_password", "")]).await;
    let fields: Vec<&str> = page.refused().iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["email", "current_password"]);
    let page = browser.post("/auth/settings/name", &[("name", &"x".repeat(101))]).await;
    assert_eq!(page.refused(), [("name", "A name has at most 100 characters and no line breaks.")]);
}

#[tokio::test]
async fn a_guest_has_a_name_too() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains("action=\"/auth/settings/name\"") && page.body.contains("here as a guest"));
    assert!(!page.body.contains("/auth/settings/email"), "an address comes with an account");
    let saved = browser.post("/auth/settings/name", &[("name", "Grace")]).await.location;
    let page = browser.get(&saved).await;
    assert!(page.body.contains("Your name is saved.") && page.body.contains("value=\"Grace\""), "{}", page.body);
}

#[tokio::test]
async fn what_was_saved_is_said() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains("After a change, the address counts as not verified."), "{}", page.body);
    let spelling = [("email", "Ada@example.com"), ("current_password", PASSWORD)];
    let saved = browser.post("/auth/settings/email", &spelling).await.location;
    let page = browser.get(&saved).await;
    assert!(page.body.contains("Your e-mail address is changed.<"), "only its spelling: {}", page.body);
    let saved = browser.post("/auth/settings/email", &[("email", "new@example.com"), spelling[1]]).await.location;
    let page = browser.get(&saved).await;
    assert!(page.body.contains("Your e-mail address is changed. It counts as not verified now."), "{}", page.body);
    assert!(!browser.get("/auth/settings?saved=%3Cb%3E").await.body.contains("role=\"status\""), "nothing was saved");
}

#[tokio::test]
async fn names_of_any_script_and_length_are_kept_apart_from_the_page() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    for name in ["ليلى بنت محمد", "👩‍🚀🏳️‍🌈 Zoë", "W".repeat(100).as_str()] {
        let saved = browser.post("/auth/settings/name", &[("name", name)]).await.location;
        let page = browser.get(&saved).await;
        assert!(page.body.contains(&format!("value=\"{name}\" autocomplete=\"name\" dir=\"auto\"")), "{}", page.body);
    }
    let right_to_left = format!("{}@example.com", "א".repeat(32));
    let change = [("email", right_to_left.as_str()), ("current_password", PASSWORD)];
    browser.post("/auth/settings/email", &change).await;
    for page in ["/auth/settings", "/auth/logout", "/auth/login"] {
        let body = browser.get(page).await.body;
        assert!(body.contains(&format!("<bdi dir=\"ltr\">{right_to_left}</bdi>")), "{body}");
    }
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    assert_snapshot!("somebody", browser.get("/auth/settings").await.settled());
    assert_snapshot!("name_saved", browser.get("/auth/settings?saved=name").await.settled());
    let bad = [("email", "ada@"), ("current_password", "not the one")];
    assert_snapshot!("email_refused", browser.post("/auth/settings/email", &bad).await.settled());
    let wrong = [("email", "new@example.com"), ("current_password", "not the one")];
    assert_snapshot!("email_not_confirmed", browser.post("/auth/settings/email", &wrong).await.settled());
    let name = "x".repeat(101);
    assert_snapshot!("name_refused", browser.post("/auth/settings/name", &[("name", &name)]).await.settled());
    let right = [("email", "new@example.com"), ("current_password", PASSWORD)];
    let saved = browser.post("/auth/settings/email", &right).await.location;
    assert_snapshot!("email_saved", browser.get(&saved).await.settled());
}

#[tokio::test]
async fn as_a_guest_sees_it() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    assert_snapshot!("guest", browser.get("/auth/settings").await.settled());
}
