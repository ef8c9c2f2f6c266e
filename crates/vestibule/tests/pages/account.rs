//! A person's own account.

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
async fn a_password_change_signs_out_everywhere_else() {
    let (house, _) = House::with_ada().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.sign_in().await;
    there.sign_in().await;
    assert_eq!(here.get("/.well-known/change-password").await.status, StatusCode::FOUND);
    let fields = [("current_password", PASSWORD), ("new_password", "amber thicket violin")];
    assert_eq!(here.post("/auth/settings/password", &fields).await.location, "/auth/settings/password?done=1");
    assert_eq!(here.get("/auth/settings").await.status, StatusCode::OK);
    assert_eq!(there.get("/auth/settings").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let (house, _) = House::with_ada().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.sign_in().await;
    there.sign_in().await;
    let page = here.get("/auth/settings/sessions").await;
    assert!(page.body.contains("This browser") && page.body.contains("Sign out Firefox on Linux"), "{}", page.body);
    let id = page.body.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    here.post("/auth/settings/sessions/revoke", &[("session", &id)]).await;
    assert_eq!(there.get("/auth/settings").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/auth/settings").await.status, StatusCode::OK);
    there.sign_in().await;
    here.post("/auth/settings/sessions/revoke-others", &[]).await;
    assert_eq!(there.get("/auth/settings").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn somebody_elses_session_cannot_be_ended() {
    let (house, _) = House::with_ada().await;
    let (mut ada, mut eve) = (house.browser(), house.browser());
    ada.sign_in().await;
    eve.post("/auth/signup", &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
    ada.sign_in().await;
    let user = vestibule_ledger::UserRef::parse("ada@example.com").unwrap();
    let user = vestibule_ledger::queries::user(&house.ledger, &user).await.unwrap().unwrap();
    let sessions = vestibule_ledger::queries::sessions(&house.ledger, user.id).await.unwrap();
    eve.post("/auth/settings/sessions/revoke", &[("session", &sessions[0].id.to_string())]).await;
    assert_eq!(ada.get("/auth/settings").await.status, StatusCode::OK);
}

#[tokio::test]
async fn deleting_needs_the_current_password() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let refused = browser.post("/auth/settings/delete", &[("current_password", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.post("/auth/settings/delete", &[("current_password", PASSWORD)]).await;
    assert_eq!(done.location, "/auth/login?signed_out=1");
    assert_eq!(browser.sign_in().await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
