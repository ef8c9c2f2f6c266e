//! `/settings/delete`.

use http::StatusCode;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn deleting_needs_the_current_password() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let refused = browser.post("/auth/settings/delete", &[("current_password", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser.post("/auth/settings/delete", &[("current_password", PASSWORD)]).await;
    assert_eq!(done.location, "/auth/login?deleted=1");
    assert_eq!(browser.sign_in().await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
