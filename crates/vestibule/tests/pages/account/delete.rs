//! `/settings/delete`.

use http::StatusCode;
use insta::assert_snapshot;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn deleting_needs_the_current_password() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let refused = browser.post("/auth/settings/delete", &[("current_password", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.get("/auth/settings/delete").await;
    assert!(page.body.contains("You are signed in as <bdi dir=\"ltr\">ada@example.com</bdi>."), "{}", page.body);
    let done = browser.post("/auth/settings/delete", &[("current_password", PASSWORD)]).await;
    assert_eq!(done.location, "/auth/login?deleted=1");
    assert_eq!(browser.sign_in().await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_guest_needs_no_password_and_a_second_click_deletes_nobody_else() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    assert!(browser.get("/auth/settings/delete").await.body.contains("You are signed in as a guest."));
    let done = browser.post("/auth/settings/delete", &[]).await;
    assert!(browser.get(&done.location).await.body.contains("Your account is deleted."));
    let again = browser.post("/auth/settings/delete", &[]).await;
    assert_eq!(again.location, "/auth/login?return_to=%2Fauth%2Fsettings%2Fdelete");
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    assert_snapshot!("guest", browser.get("/auth/settings/delete").await.settled());
    browser.sign_in().await;
    assert_snapshot!("somebody", browser.get("/auth/settings/delete").await.settled());
    let wrong = [("current_password", "not the one")];
    assert_snapshot!("refused", browser.post("/auth/settings/delete", &wrong).await.settled());
    assert_snapshot!("deleted", browser.get("/auth/login?deleted=1").await.settled());
}
