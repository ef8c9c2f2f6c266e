//! `/signup`: opening an account.

use http::StatusCode;
use insta::assert_snapshot;

use crate::house::{House, PASSWORD};

#[tokio::test]
async fn a_guest_becomes_a_user_under_the_same_id() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    let planted = browser.cookie("session").unwrap().to_owned();
    assert!(browser.get("/auth/signup").await.body.contains("You are here as a guest."));
    let weak = browser.post("/auth/signup", &[("email", "eve@example.com"), ("password", "password1")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.body.contains("too easy to guess") && weak.body.contains("class=\"advice\""));
    let done = browser.post("/auth/signup", &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_ne!(browser.cookie("session").unwrap(), planted);
    assert!(browser.get("/auth/settings").await.body.contains("eve@example.com"));
    let mut other = house.browser();
    other.cookies.push(("session".to_owned(), planted));
    assert_eq!(other.get("/auth/settings").await.status, StatusCode::SEE_OTHER, "the guest's session is over");
    let taken = other.post("/auth/signup", &[("email", "Eve@example.com"), ("password", PASSWORD)]).await;
    assert!(taken.body.contains("There is an account with this e-mail address."));
}

#[tokio::test]
async fn every_field_that_is_refused_is_named_at_once() {
    let house = House::new().await;
    let name = "x".repeat(101);
    let page = house.browser().post("/auth/signup", &[("name", &name), ("email", "ada"), ("password", "short")]).await;
    let fields: Vec<&str> = page.refused().iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["name", "email", "password"]);
    assert!(page.body.contains(&name) && page.body.contains("value=\"ada\"") && !page.body.contains("short"));
}

#[tokio::test]
async fn advice_about_a_weak_password_is_tied_to_its_field() {
    let house = House::new().await;
    let page = house.browser().post("/auth/signup", &[("email", "eve@example.com"), ("password", "password1")]).await;
    assert_eq!(page.refused(), [("password", "This password is too easy to guess.")]);
    assert!(page.body.contains("aria-describedby=\"password-error password-advice password-hint\""), "{}", page.body);
    assert!(page.body.contains("<ul class=\"advice\" id=\"password-advice\"><li>"), "{}", page.body);
}

#[tokio::test]
async fn what_a_guest_typed_before_is_not_asked_for_again() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    browser.post("/auth/settings/name", &[("name", "Grace")]).await;
    assert!(browser.get("/auth/signup").await.body.contains("value=\"Grace\""));
    let weak = [("name", "Eve"), ("email", "eve@example.com"), ("password", "password1"), ("start_fresh", "yes")];
    let page = browser.post("/auth/signup", &weak).await;
    assert!(page.body.contains("value=\"Eve\"") && page.body.contains("value=\"yes\" checked"), "{}", page.body);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_opens_one_account_and_goes_on() {
    let house = House::new().await;
    let mut browser = house.browser();
    let fields = [("email", "eve@example.com"), ("password", PASSWORD), ("return_to", "https://app.example.com/x")];
    for _ in 0..2 {
        assert_eq!(browser.post("/auth/signup", &fields).await.location, "https://app.example.com/x");
    }
    let other = [("email", "eve@example.com"), ("password", "amber thicket violin")];
    let page = house.browser().post("/auth/signup", &other).await;
    assert_eq!(page.refused()[0].0, "email", "for anybody else the address is taken");
}

#[tokio::test]
async fn somebody_is_told_that_another_account_ends_this_session() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    assert!(browser.get("/auth/signup").await.body.contains("That ends when you open another account."));
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    let app = "return_to=https%3A%2F%2Fapp.example.com%2Forders";
    assert_snapshot!("fresh", browser.get(&format!("/auth/signup?{app}")).await.settled());
    assert_snapshot!("empty", browser.post("/auth/signup", &[]).await.settled());
    let weak = [("name", "Eve"), ("email", "eve@example.com"), ("password", "password1")];
    assert_snapshot!("weak", browser.post("/auth/signup", &weak).await.settled());
    let taken = [("email", "ada@example.com"), ("password", PASSWORD)];
    assert_snapshot!("taken", browser.post("/auth/signup", &taken).await.settled());
    browser.post("/auth/login/guest", &[]).await;
    assert_snapshot!("guest", browser.get("/auth/signup").await.settled());
    browser.sign_in().await;
    assert_snapshot!("somebody_already", browser.get("/auth/signup").await.settled());
}

#[tokio::test]
async fn as_people_see_it_where_accounts_are_made_by_the_operator() {
    let house = House::closed().await;
    assert_snapshot!("closed", house.browser().get("/auth/signup").await.settled());
    assert_snapshot!("closed_sign_in", house.browser().get("/auth/login").await.settled());
    let fields = [("email", "eve@example.com"), ("password", PASSWORD)];
    let refused = house.browser().post("/auth/signup", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Accounts are made by your administrator here."), "{}", refused.body);
}
