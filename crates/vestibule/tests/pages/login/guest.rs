//! `/login/guest`: continuing as a guest.

use http::StatusCode;

use crate::house::House;

#[tokio::test]
async fn a_second_click_makes_no_second_guest() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    let first = browser.cookie("session").unwrap().to_owned();
    let again = browser.post("/auth/login/guest", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.cookie("session"), Some(first.as_str()));
}
