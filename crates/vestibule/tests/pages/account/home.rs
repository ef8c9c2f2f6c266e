//! `/settings`, and the forms on it.

use http::StatusCode;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn settings_are_shown_and_changed() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/auth/settings").await.location, "/auth/login?return_to=%2Fauth%2Fsettings");
    browser.sign_in().await;
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains("billing:admin") && page.body.contains("(verified)"), "{}", page.body);
    assert_eq!(browser.post("/auth/settings/name", &[("name", "Countess")]).await.location, "/auth/settings?saved=1");
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
    assert!(page.body.contains("(not verified)") && page.body.contains("Countess"));
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
