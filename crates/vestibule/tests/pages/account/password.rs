//! `/settings/password`.

use http::StatusCode;

use crate::house::{House, PASSWORD};

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
