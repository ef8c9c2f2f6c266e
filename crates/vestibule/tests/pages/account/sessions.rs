//! `/settings/sessions`.

use http::StatusCode;
use insta::assert_snapshot;
use vestibule_ledger::changes::{Bearer, NewApiToken, create_api_token, create_session};
use vestibule_ledger::{UserRef, queries};

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
    let user = UserRef::parse("ada@example.com").unwrap();
    let user = queries::user(&house.ledger, &user).await.unwrap().unwrap();
    let sessions = queries::sessions(&house.ledger, user.id).await.unwrap();
    eve.post("/auth/settings/sessions/revoke", &[("session", &sessions[0].id.to_string())]).await;
    assert_eq!(ada.get("/auth/settings").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_ended_is_said() {
    let (house, _) = House::with_ada().await;
    let (mut here, mut there) = (house.browser(), house.browser());
    here.sign_in().await;
    there.sign_in().await;
    let page = here.get("/auth/settings/sessions").await;
    let id = page.body.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for _ in 0..2 {
        let ended = here.post("/auth/settings/sessions/revoke", &[("session", &id)]).await.location;
        assert!(
            here.get(&ended).await.body.contains("role=\"status\">The session is ended."),
            "and again, when sent twice"
        );
    }
    let ended = here.post("/auth/settings/sessions/revoke-others", &[]).await.location;
    assert!(here.get(&ended).await.body.contains("role=\"status\">You are signed out everywhere else."));
}

#[tokio::test]
async fn an_unknown_browser_and_an_operators_session_are_called_what_they_are() {
    let (house, ada) = House::with_ada().await;
    let mut here = house.browser();
    here.sign_in().await;
    create_session(&house.ledger, &UserRef::Id(ada)).await.unwrap();
    let mut odd = house.browser();
    odd.user_agent = "<script>";
    odd.sign_in().await;
    let page = here.get("/auth/settings/sessions").await.body;
    assert!(page.contains("<h2>Unknown browser") && page.contains("Sign out the unknown browser"), "{page}");
    assert!(
        page.contains("<h2>Session made by your administrator") && page.contains("End the administrator"),
        "{page}"
    );
    let german = http::Request::get("/auth/settings/sessions").header(http::header::ACCEPT_LANGUAGE, "de");
    let page = here.send(german, String::new()).await.body;
    assert!(page.contains("<h2>Unbekannter Browser") && page.contains("Den unbekannten Browser abmelden"), "{page}");
    assert!(page.contains("Firefox auf Linux"), "{page}");
}

#[tokio::test]
async fn as_people_see_it() {
    let (house, ada) = House::with_ada().await;
    let mut here = house.browser();
    here.sign_in().await;
    assert_snapshot!("one", here.get("/auth/settings/sessions").await.settled());
    house.browser().sign_in().await;
    assert_snapshot!("two", here.get("/auth/settings/sessions").await.settled());
    let ended = here.post("/auth/settings/sessions/revoke-others", &[]).await.location;
    assert_snapshot!("others_ended", here.get(&ended).await.settled());
    create_session(&house.ledger, &UserRef::Id(ada)).await.unwrap();
    assert_snapshot!("by_the_operator", here.get("/auth/settings/sessions").await.settled());
}

#[tokio::test]
async fn an_api_token_is_called_one() {
    let (house, ada) = House::with_ada().await;
    let mut here = house.browser();
    here.sign_in().await;
    let token = |label: &str| NewApiToken {
        bearer: Bearer::User(UserRef::Id(ada)),
        label: label.to_owned(),
        scopes: None,
        lifetime: None,
        by_cli: true,
    };
    create_api_token(&house.ledger, token("backup")).await.unwrap();
    create_api_token(&house.ledger, token("")).await.unwrap();
    let page = here.get("/auth/settings/sessions").await.body;
    for said in ["<bdi>backup</bdi>", "API token<br>", "Made just now", "Revoke backup", "Token without a name"] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
}
