//! `/settings/password`.

use http::StatusCode;
use insta::assert_snapshot;

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

#[tokio::test]
async fn both_fields_are_named_when_both_are_refused() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let current_wrong = ("current_password", "The current password is not right.");
    for (current, new, refused) in [
        (
            "",
            "short",
            [
                ("current_password", "Type your current password."),
                ("new_password", "A password has at least 8 characters."),
            ],
        ),
        ("not the one", "password1", [current_wrong, ("new_password", "This password is too easy to guess.")]),
        (&"x".repeat(2000), "short", [current_wrong, ("new_password", "A password has at least 8 characters.")]),
    ] {
        let fields = [("current_password", current), ("new_password", new)];
        let page = browser.post("/auth/settings/password", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.refused(), refused);
    }
    let fields = [("current_password", "not the one"), ("new_password", "amber thicket violin")];
    assert_eq!(browser.post("/auth/settings/password", &fields).await.refused(), [current_wrong]);
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    assert_snapshot!("fresh", browser.get("/auth/settings/password").await.settled());
    let both = [("current_password", "not the one"), ("new_password", "password1")];
    assert_snapshot!("refused", browser.post("/auth/settings/password", &both).await.settled());
    assert_snapshot!("changed", browser.get("/auth/settings/password?done=1").await.settled());
}
