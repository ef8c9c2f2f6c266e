//! `/settings/apps`, and what `/settings/sessions` says of the sessions of applications.

use http::StatusCode;
use insta::assert_snapshot;
use vestibule_gate::grant::scope::FULL_ACCESS;
use vestibule_gate::grant::{Client, ClientId, ClientKind, Registration, Scopes};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_ledger::changes::{self, Browser, CodePurpose, Granted, Redeem};
use vestibule_ledger::queries;

use crate::house::{House, PASSWORD};

const PAGE: &str = "/auth/settings/apps";
const CALLBACK: &str = "https://app.example.com/callback";

async fn client(house: &House, id: &str, kind: ClientKind) -> Client {
    let said = Registration {
        name: Some(format!("The <{id}>")),
        redirect_uris: Some(vec![CALLBACK.to_owned()]),
        scopes: Some(vec!["orders:read".to_owned()]),
        client_uri: (kind == ClientKind::ThirdParty).then(|| format!("https://{id}.example.com/")),
        pkce: (!kind.is_public()).then_some(false),
        ..Registration::default()
    };
    let client = said.client(ClientId::parse(id).expect("an id"), kind).expect("a client");
    changes::add_client(&house.ledger, client.clone()).await.expect("a new client");
    client
}

/// Signs somebody in to an application.
async fn sign_in(house: &House, user: UserId, client: &Client, scope: &str, parent: Option<SessionId>) {
    let granted = Granted {
        client: client.id.clone(),
        user,
        parent,
        purpose: CodePurpose::Tokens,
        redirect_uri: Some(CALLBACK.to_owned()),
        scope: scope.to_owned(),
        challenge: client.kind.is_public().then(|| "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned()),
        nonce: None,
        claims: None,
        auth_time_asked: false,
        amr: vec!["pwd"],
        authenticated_at: house.ledger.now(),
        authentication: None,
    };
    let code = changes::issue_code(&house.ledger, granted).await.expect("a store").expect("a code");
    let browser = Browser {
        address: None,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".to_owned(),
        sessions: Vec::new(),
        was: None,
        device: None,
        request: None,
    };
    let redeem = Redeem {
        client,
        code: code.hash(),
        purpose: CodePurpose::Tokens,
        redirect_uri: Some(CALLBACK),
        verifier: client.kind.is_public().then_some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        browser,
    };
    changes::redeem_code(&house.ledger, redeem).await.expect("tokens");
}

async fn sessions_of(house: &House, user: UserId) -> Vec<Option<String>> {
    let sessions = queries::sessions(&house.ledger, user).await.expect("a store");
    sessions.into_iter().map(|session| session.client.map(|client| client.to_string())).collect()
}

#[tokio::test]
async fn applications_are_listed_and_lose_what_they_have() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    assert_eq!(browser.get(PAGE).await.location, "/auth/login?return_to=%2Fauth%2Fsettings%2Fapps");
    browser.sign_in().await;
    assert_snapshot!("none", browser.get(PAGE).await.settled());
    let spa = client(&house, "shop", ClientKind::Spa).await;
    let other = client(&house, "press", ClientKind::ThirdParty).await;
    changes::consent(&house.ledger, ada, &other.id, &Scopes::parse("openid email orders:read").unwrap()).await.unwrap();
    assert_snapshot!("allowed", browser.get(PAGE).await.settled());
    sign_in(&house, ada, &spa, &format!("openid offline_access {FULL_ACCESS}"), None).await;
    let page = browser.get(PAGE).await.body;
    for said in
        ["The &#60;shop&#62;", "everything that you can do", "run by somebody else", "Not signed in at the moment"]
    {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let revoked = browser.post("/auth/settings/apps/revoke", &[("client", "press")]).await.location;
    assert_eq!(revoked, "/auth/settings/apps?revoked=1");
    assert!(queries::consents(&house.ledger, ada).await.unwrap().is_empty());
    assert!(!browser.get(&revoked).await.body.contains("press"));
    browser.post("/auth/settings/apps/revoke", &[("client", "shop")]).await;
    assert_eq!(sessions_of(&house, ada).await, [None], "the browser's own session goes on");
    assert_eq!(browser.post("/auth/settings/apps/revoke", &[("client", "a b")]).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_somebody_else_allowed_cannot_be_taken_back() {
    let (house, ada) = House::with_ada().await;
    let press = client(&house, "press", ClientKind::ThirdParty).await;
    changes::consent(&house.ledger, ada, &press.id, &Scopes::parse("openid").unwrap()).await.unwrap();
    sign_in(&house, ada, &press, "openid", None).await;
    let mut eve = house.browser();
    eve.post("/auth/signup", &[("email", "eve@example.com"), ("password", PASSWORD)]).await;
    assert!(!eve.get(PAGE).await.body.contains("press"));
    eve.post("/auth/settings/apps/revoke", &[("client", "press")]).await;
    assert_eq!(sessions_of(&house, ada).await, [Some("press".to_owned())]);
    assert_eq!(queries::consents(&house.ledger, ada).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_of_an_application_is_called_by_its_name() {
    let (house, ada) = House::with_ada().await;
    let mut browser = house.browser();
    browser.sign_in().await;
    let here = queries::sessions(&house.ledger, ada).await.unwrap()[0].id;
    let spa = client(&house, "shop", ClientKind::Spa).await;
    let native = client(&house, "phone", ClientKind::Native).await;
    let press = client(&house, "press", ClientKind::ThirdParty).await;
    sign_in(&house, ada, &spa, "openid", Some(here)).await;
    sign_in(&house, ada, &native, "openid", None).await;
    sign_in(&house, ada, &press, "openid", Some(here)).await;
    let page = browser.get("/auth/settings/sessions").await.body;
    for said in [
        "<bdi>The &#60;shop&#62;</bdi>",
        "Web application in Firefox on Linux",
        "Application on a device in Firefox on Linux",
        "Application of somebody else",
        "Sign out The &#60;phone&#62;",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    assert_eq!(page.matches("you are signed out here, too").count(), 1, "what ends alone does not say so");
}
