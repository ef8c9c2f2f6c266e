//! A page for every refusal.

use http::{Request, StatusCode, header};
use insta::assert_snapshot;

use crate::house::House;

#[tokio::test]
async fn as_people_see_it() {
    let house = House::new().await;
    let mut browser = house.browser();
    assert_snapshot!("no_such_page", browser.get("/auth/nowhere").await.settled());
    assert_snapshot!("wrong_method", browser.get("/auth/settings/name").await.settled());
    assert_snapshot!("broken_link", browser.get("/auth/login?a=1&a=2").await.settled());
    let large = "x".repeat(70_000);
    assert_snapshot!("too_large", browser.post("/auth/login", &[("email", &large)]).await.settled());
    let cross_site = Request::post("/auth/login").header("sec-fetch-site", "cross-site");
    assert_snapshot!("from_another_site", browser.send(cross_site, String::new()).await.settled());
    let json = Request::post("/auth/login").header("sec-fetch-site", "same-origin");
    let json = json.header(header::CONTENT_TYPE, "application/json");
    assert_snapshot!("no_form", browser.send(json, "{}".to_owned()).await.settled());
}

#[tokio::test]
async fn too_many_guests_are_told_to_wait() {
    let house = House::new().await;
    for _ in 0..20 {
        house.browser().post("/auth/login/guest", &[]).await;
    }
    let page = house.browser().post("/auth/login/guest", &[]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_snapshot!("too_many", page.settled());
}
