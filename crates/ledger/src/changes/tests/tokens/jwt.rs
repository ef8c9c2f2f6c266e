//! Access tokens in the form of JWTs: as revocable as any other, and nothing else that looks like one.

use serde_json::{Value, json};
use vestibule_gate::decide::Reach;
use vestibule_gate::token::jwt::TokenType;

use super::super::*;
use super::{Client, ClientKind, Tokens, client};

const ISSUER: &str = "http://localhost:8480";

/// A house with a client whose tokens are JWTs.
async fn house() -> (Tokens, Client) {
    let house = Tokens::new().await;
    prepare_keys(&house.house.ledger).await.unwrap();
    let client = Client { jwt_access_tokens: true, ..client("jwt", ClientKind::Spa) };
    add_client(&house.house.ledger, client.clone()).await.unwrap();
    (house, client)
}

/// The claims of an access token around this `jti`.
fn claims(house: &Tokens, issued: &Issued) -> Value {
    let now = house.house.ledger.now().unix_seconds();
    json!({
        "iss": ISSUER, "aud": ISSUER, "sub": house.ada.to_string(), "client_id": "jwt",
        "scope": issued.scope, "jti": issued.access.secret.expose(), "iat": now, "exp": now + 1800,
    })
}

fn sign(house: &Tokens, token_type: TokenType, claims: &Value) -> String {
    house.house.ledger.sign(token_type, claims).unwrap()
}

async fn resolves(house: &Tokens, token: &str) -> bool {
    let line = format!("Bearer {token}");
    let headers = [(&b"authorization"[..], line.as_bytes())];
    let claims = Claims::read(headers.into_iter(), &house.house.ledger.settings().cookies);
    let verdict = house.house.ledger.live().answer(&claims, house.house.ledger.now(), Reach::Whole).await.unwrap();
    verdict.identity().is_some()
}

#[tokio::test]
async fn a_jwt_is_revoked_on_the_very_next_resolve_like_any_other_token() {
    let (house, client) = house().await;
    let (ledger, who) = (&house.house.ledger, UserRef::Id(house.ada));
    for way in ["session", "token", "disable"] {
        enable_user(ledger, &who).await.unwrap();
        let issued = house.tokens(&client, None).await;
        let token = sign(&house, TokenType::Access, &claims(&house, &issued));
        assert!(resolves(&house, &token).await && resolves(&house, &token).await, "{way}");
        match way {
            "session" => assert!(revoke_session(ledger, house.ada, issued.session.id).await.unwrap()),
            "token" => revoke_token(ledger, Token::Access(issued.access.secret.hash()), None).await.unwrap(),
            _ => drop(disable_user(ledger, &who).await.unwrap()),
        }
        assert!(!resolves(&house, &token).await, "{way}");
    }
}

#[tokio::test]
async fn retiring_a_key_ends_what_it_signed_on_the_very_next_resolve() {
    let (house, client) = house().await;
    let issued = house.tokens(&client, None).await;
    let token = sign(&house, TokenType::Access, &claims(&house, &issued));
    assert!(resolves(&house, &token).await);
    let keys = queries::keys(&house.house.ledger).await.unwrap();
    retire_key(&house.house.ledger, &keys[0].id).await.unwrap();
    assert!(!resolves(&house, &token).await, "remembered tokens included");
    let again = sign(&house, TokenType::Access, &claims(&house, &issued));
    assert!(resolves(&house, &again).await, "the same grant under the key that signs now");
}

#[tokio::test]
async fn only_an_access_token_of_ours_is_an_access_token() {
    let (house, client) = house().await;
    let issued = house.tokens(&client, None).await;
    let good = claims(&house, &issued);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    assert!(!resolves(&house, &sign(&house, TokenType::Id, &good)).await, "an ID token");
    assert!(!resolves(&house, &sign(&house, TokenType::Access, &with("iss", json!("https://evil.example")))).await);
    assert!(!resolves(&house, &sign(&house, TokenType::Access, &with("exp", json!(1)))).await, "over");
    assert!(!resolves(&house, &sign(&house, TokenType::Access, &with("jti", json!("x")))).await, "no secret of ours");
    let session = house.house.sign_in(browser()).await.unwrap();
    let secret = json!(session.secret.expose());
    assert!(!resolves(&house, &sign(&house, TokenType::Access, &with("jti", secret))).await, "of another kind");
    assert!(!resolves(&house, issued.access.secret.expose()).await, "the jti alone");
    let token = sign(&house, TokenType::Access, &good);
    assert!(!resolves(&house, &format!("{token}x")).await);
    assert!(resolves(&house, &token).await);
}
