//! `/settings/sessions`.

use http::StatusCode;

use crate::house::{House, PASSWORD};

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
