//! `/settings/tokens`.

use http::StatusCode;
use insta::assert_snapshot;
use vestibule_gate::grant::Scopes;
use vestibule_ledger::changes::{Bearer, NewApiToken, create_api_token};
use vestibule_ledger::{UserRef, queries};

use crate::house::{Browser, House, PASSWORD, Page};

const PAGE: &str = "/auth/settings/tokens";

async fn make(browser: &mut Browser, label: &str, days: &str, password: &str) -> Page {
    browser.post(PAGE, &[("label", label), ("days", days), ("current_password", password)]).await
}

/// The token that a page shows, and the page without it.
fn token(page: &Page) -> (String, String) {
    let token = page.body.split("vbp_").nth(1).map(|rest| format!("vbp_{}", &rest[..48])).unwrap_or_default();
    (token.clone(), page.settled().replace(&token, "[token]"))
}

#[tokio::test]
async fn a_token_is_shown_once_and_revoked() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    assert_eq!(browser.get(PAGE).await.location, "/auth/login?return_to=%2Fauth%2Fsettings%2Ftokens");
    browser.sign_in().await;
    assert_snapshot!("none", browser.get(PAGE).await.settled());
    let made = make(&mut browser, "backup <script>", "90", PASSWORD).await;
    let (token, page) = token(&made);
    assert_eq!(token.len(), 52);
    assert_snapshot!("made", page);
    assert_eq!(made.response.headers()[http::header::CACHE_CONTROL], "no-store");
    let again = browser.get(PAGE).await;
    assert!(!again.body.contains(&token) && again.body.contains("backup &#60;script&#62;"), "{}", again.body);
    assert_snapshot!("one", again.settled());
    let session = queries::api_tokens(&house.ledger, Some(ada)).await.unwrap()[0].0.id.to_string();
    let revoked = browser.post("/auth/settings/tokens/revoke", &[("session", &session)]).await.location;
    assert_eq!(revoked, "/auth/settings/tokens?revoked=1");
    assert_snapshot!("revoked", browser.get(&revoked).await.settled());
    assert!(queries::api_tokens(&house.ledger, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stolen_session_makes_no_token() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let refused = make(&mut browser, "backup", "365", "not the one, surely").await;
    assert_eq!(refused.refused(), [("current_password", "The current password is not right.")]);
    assert!(refused.body.contains("value=\"backup\"") && refused.body.contains("value=\"365\" selected"));
    let refused = make(&mut browser, "", "30", "").await;
    let fields: Vec<&str> = refused.refused().iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["label", "current_password"], "all that is wrong, at once");
    assert_snapshot!("refused", refused.settled());
    assert!(queries::api_tokens(&house.ledger, Some(ada)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lifetime_is_one_of_those_that_are_offered() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    for days in ["", "0", "8", "36500", "-7", "x"] {
        assert_eq!(make(&mut browser, "backup", days, PASSWORD).await.status, StatusCode::BAD_REQUEST, "{days:?}");
    }
    assert!(make(&mut browser, "a\nb", "7", PASSWORD).await.refused()[0].1.contains("one line"));
}

#[tokio::test]
async fn nobody_finds_the_page_where_people_make_no_tokens() {
    let house = House::closed().await;
    let mut browser = house.browser();
    assert_eq!(browser.get(PAGE).await.status, StatusCode::NOT_FOUND);
    assert_eq!(make(&mut browser, "backup", "7", PASSWORD).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_guest_makes_no_tokens() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.post("/auth/login/guest", &[]).await;
    assert_eq!(browser.get(PAGE).await.location, "/auth/settings");
    assert_eq!(make(&mut browser, "backup", "7", PASSWORD).await.location, "/auth/settings");
    assert!(!browser.get("/auth/settings").await.body.contains(PAGE));
}

#[tokio::test]
async fn a_token_of_somebody_else_cannot_be_revoked() {
    let (house, ada) = House::with_ada().await;
    let new = NewApiToken {
        bearer: Bearer::User(UserRef::Id(ada)),
        label: String::new(),
        scopes: Some(Scopes::parse("orders:read invoices:read").unwrap()),
        lifetime: None,
        by_cli: true,
    };
    let (_, session) = create_api_token(&house.ledger, new).await.unwrap();
    let mut eve = house.browser();
    eve.post("/auth/signup", &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
    eve.post("/auth/settings/tokens/revoke", &[("session", &session.id.to_string())]).await;
    assert_eq!(queries::api_tokens(&house.ledger, Some(ada)).await.unwrap().len(), 1);
    let mut browser = house.browser();
    browser.sign_in().await;
    let page = browser.get(PAGE).await;
    for said in ["Token without a name", "Made by your administrator.", "orders:read, invoices:read", "Never used"] {
        assert!(page.body.contains(said), "{said} is not in {}", page.body);
    }
}
