//! `/logout`: signing out.

use http::StatusCode;
use insta::assert_snapshot;

use crate::house::House;

#[tokio::test]
async fn the_page_says_who_is_signed_in() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert!(browser.get("/auth/logout").await.body.contains("You are not signed in."));
    browser.post("/auth/login/guest", &[]).await;
    let page = browser.get("/auth/logout").await;
    assert!(
        page.body.contains("You are signed in as a guest.") && page.body.contains("cannot get back"),
        "{}",
        page.body
    );
    browser.sign_in().await;
    let page = browser.get("/auth/logout").await;
    assert!(page.body.contains("You are signed in as <bdi dir=\"ltr\">ada@example.com</bdi>."), "{}", page.body);
}

#[tokio::test]
async fn signing_out_twice_is_signing_out() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    for _ in 0..2 {
        let done = browser.post("/auth/logout", &[]).await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/auth/login?signed_out=1"));
    }
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    assert_snapshot!("nobody", browser.get("/auth/logout").await.settled());
    browser.post("/auth/login/guest", &[]).await;
    assert_snapshot!("guest", browser.get("/auth/logout").await.settled());
    browser.sign_in().await;
    assert_snapshot!("somebody", browser.get("/auth/logout?return_to=%2Fapp").await.settled());
}
