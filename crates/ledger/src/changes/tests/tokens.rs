//! Codes, tokens and their groups.

use vestibule_gate::decide::Reach;
use vestibule_gate::grant::scope::FULL_ACCESS;
use vestibule_gate::grant::{Client, ClientId, ClientKind, RedirectUri};

use super::*;

mod endings;
mod jwt;
mod pending;

pub(super) const URI: &str = "https://app.example.com/cb";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Of [`VERIFIER`] (RFC 7636 appendix B).
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) fn client(id: &str, kind: ClientKind) -> Client {
    Client {
        id: ClientId::parse(id).unwrap(),
        name: id.to_owned(),
        kind,
        redirect_uris: vec![RedirectUri::register(URI, kind).unwrap()],
        post_logout_redirect_uris: Vec::new(),
        scopes: Vec::new(),
        full_access: false,
        pkce_required: true,
        jwt_access_tokens: false,
        rotates_refresh_tokens: true,
        access_token_lifetime: Span::from_seconds(1800),
        refresh_token_lifetime: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
    }
}

/// A house with a spa client, and a person in it.
pub(super) struct Tokens {
    pub(super) house: House,
    pub(super) ada: UserId,
    pub(super) spa: Client,
}

impl Tokens {
    async fn new() -> Self {
        let (house, ada) = House::with_ada().await;
        let spa = client("spa", ClientKind::Spa);
        assert!(add_client(&house.ledger, spa.clone()).await.unwrap().is_none(), "a public client has no secret");
        Self { house, ada, spa }
    }

    pub(super) async fn code(&self, client: &Client, parent: Option<SessionId>) -> Secret {
        self.code_for(client, parent, CodePurpose::Tokens).await
    }

    pub(super) async fn code_for(&self, client: &Client, parent: Option<SessionId>, purpose: CodePurpose) -> Secret {
        issue_code(&self.house.ledger, self.granted(client, parent, purpose)).await.unwrap().unwrap()
    }

    pub(super) fn granted(&self, client: &Client, parent: Option<SessionId>, purpose: CodePurpose) -> Granted {
        let full = if client.may_have_full_access() { FULL_ACCESS } else { "email" };
        Granted {
            client: client.id.clone(),
            user: self.ada,
            parent,
            purpose,
            redirect_uri: Some(URI.to_owned()),
            scope: format!("openid offline_access {full}"),
            challenge: Some(CHALLENGE.to_owned()),
            nonce: Some("n".to_owned()),
            claims: None,
            auth_time_asked: false,
            amr: vec!["pwd"],
            authenticated_at: self.house.ledger.now(),
            authentication: None,
        }
    }

    pub(super) async fn redeem(&self, client: &Client, code: &Secret, verifier: &str) -> Result<Issued, RedeemError> {
        let redeem = Redeem {
            client,
            code: code.hash(),
            purpose: CodePurpose::Tokens,
            redirect_uri: Some(URI),
            verifier: Some(verifier),
            browser: browser(),
        };
        match redeem_code(&self.house.ledger, redeem).await? {
            Redeemed::Tokens(issued) => Ok(*issued),
            Redeemed::SettingsAction => panic!("no settings action was asked for"),
        }
    }

    pub(super) async fn tokens(&self, client: &Client, parent: Option<SessionId>) -> Issued {
        let code = self.code(client, parent).await;
        self.redeem(client, &code, VERIFIER).await.unwrap()
    }

    pub(super) async fn refresh(&self, token: &Secret) -> Result<Issued, RefreshError> {
        let asked = Refresh { client: &self.spa, token: token.expose(), scope: None };
        refresh(&self.house.ledger, asked).await
    }

    /// Whether the resolver takes a token for its user.
    pub(super) async fn speaks(&self, access: &Secret) -> bool {
        let line = format!("Bearer {}", access.expose());
        let headers = [(&b"authorization"[..], line.as_bytes())];
        let claims = Claims::read(headers.into_iter(), &self.house.ledger.settings().cookies);
        let verdict = self.house.ledger.live().answer(&claims, self.house.ledger.now(), Reach::Whole).await.unwrap();
        verdict.identity().is_some()
    }

    /// As if the first exchange had been longer ago than a repeat is forgiven.
    pub(super) async fn let_grace_pass(&self) {
        let mut change = crate::commit::Change::begin(&self.house.ledger).await.unwrap();
        let text = "UPDATE refresh_tokens SET rotated_at = rotated_at - 11000 WHERE rotated_at IS NOT NULL";
        query(text).execute(change.sql()).await.unwrap();
        change.commit(Vec::new()).await.unwrap();
    }
}

fn refresh_of(issued: &Issued) -> Secret {
    issued.refresh.clone().expect("a refresh token")
}

#[tokio::test]
async fn s6_a_code_is_for_its_client_its_uri_and_its_verifier_and_for_once() {
    let house = Tokens::new().await;
    let other = client("other", ClientKind::Spa);
    add_client(&house.house.ledger, other.clone()).await.unwrap();
    let code = house.code(&house.spa, None).await;
    assert!(matches!(house.redeem(&other, &code, VERIFIER).await, Err(RedeemError::Dead)));
    let wrong = "x".repeat(43);
    assert!(matches!(house.redeem(&house.spa, &code, &wrong).await, Err(RedeemError::Dead)));
    let issued = house.redeem(&house.spa, &code, VERIFIER).await.unwrap();
    assert!(house.speaks(&issued.access.secret).await);
    assert_eq!(issued.request.nonce.as_deref(), Some("n"));
}

#[tokio::test]
async fn s7_a_replayed_code_ends_what_it_was_redeemed_for_only_when_the_replay_is_right_otherwise() {
    let house = Tokens::new().await;
    let code = house.code(&house.spa, None).await;
    let issued = house.redeem(&house.spa, &code, VERIFIER).await.unwrap();
    assert!(house.redeem(&house.spa, &code, &"x".repeat(43)).await.is_err());
    assert!(house.speaks(&issued.access.secret).await, "whoever has only seen the code signs nobody out");
    assert!(house.redeem(&house.spa, &code, VERIFIER).await.is_err());
    assert!(!house.speaks(&issued.access.secret).await);
    assert!(matches!(house.refresh(&refresh_of(&issued)).await, Err(RefreshError::Dead)));
}

#[tokio::test]
async fn two_tabs_that_refresh_at_once_get_the_same_tokens() {
    let house = Tokens::new().await;
    let first = refresh_of(&house.tokens(&house.spa, None).await);
    let (one, two) = tokio::join!(house.refresh(&first), house.refresh(&first));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(refresh_of(&one).expose(), refresh_of(&two).expose());
    assert_eq!(one.access.secret.expose(), two.access.secret.expose());
    assert!(house.speaks(&one.access.secret).await);
    assert!(house.refresh(&refresh_of(&one)).await.is_ok());
}

#[tokio::test]
async fn a_reply_that_was_lost_is_made_up_for_while_nobody_has_used_it() {
    let house = Tokens::new().await;
    let first = refresh_of(&house.tokens(&house.spa, None).await);
    let lost = house.refresh(&first).await.unwrap();
    house.let_grace_pass().await;
    let again = house.refresh(&first).await.unwrap();
    assert_ne!(refresh_of(&lost).expose(), refresh_of(&again).expose());
    assert!(!house.speaks(&lost.access.secret).await, "the lost pair is taken back");
    assert!(house.speaks(&again.access.secret).await);
    assert!(house.refresh(&refresh_of(&again)).await.is_ok());
}

#[tokio::test]
async fn a_successor_that_was_taken_back_and_comes_all_the_same_ends_the_family() {
    let house = Tokens::new().await;
    let stolen = refresh_of(&house.tokens(&house.spa, None).await);
    // The owner has refreshed and not used the result yet, when the thief asks for another one.
    let owner = house.refresh(&stolen).await.unwrap();
    house.let_grace_pass().await;
    let thief = house.refresh(&stolen).await.unwrap();
    assert!(house.speaks(&thief.access.secret).await);
    assert!(house.refresh(&refresh_of(&owner)).await.is_err());
    assert!(!house.speaks(&thief.access.secret).await, "the owner's next refresh finds the thief out");
    assert!(house.refresh(&refresh_of(&thief)).await.is_err());
}

#[tokio::test]
async fn s9_a_used_refresh_token_ends_its_family_once_its_successor_was_used() {
    for by_access_token in [true, false] {
        let house = Tokens::new().await;
        let first = refresh_of(&house.tokens(&house.spa, None).await);
        let second = house.refresh(&first).await.unwrap();
        let newest = if by_access_token {
            assert!(house.speaks(&second.access.secret).await);
            second
        } else {
            house.refresh(&refresh_of(&second)).await.unwrap()
        };
        house.let_grace_pass().await;
        assert!(matches!(house.refresh(&first).await, Err(RefreshError::Dead)), "{by_access_token}");
        assert!(!house.speaks(&newest.access.secret).await, "{by_access_token}");
        assert!(house.refresh(&refresh_of(&newest)).await.is_err(), "{by_access_token}");
    }
}

#[tokio::test]
async fn a_thief_who_follows_each_rotation_is_found() {
    let house = Tokens::new().await;
    let stolen = refresh_of(&house.tokens(&house.spa, None).await);
    let owner = house.refresh(&stolen).await.unwrap();
    // Within the grace the thief gets what the owner got, and both wait for the next time.
    let thief = house.refresh(&stolen).await.unwrap();
    let owner_next = house.refresh(&refresh_of(&owner)).await.unwrap();
    assert!(house.speaks(&owner_next.access.secret).await);
    house.let_grace_pass().await;
    assert!(house.refresh(&refresh_of(&thief)).await.is_err());
    assert!(!house.speaks(&owner_next.access.secret).await, "nobody goes on");
}

#[tokio::test]
async fn s10_a_refresh_token_of_another_client_is_refused_and_scope_is_never_widened() {
    let house = Tokens::new().await;
    let token = refresh_of(&house.tokens(&house.spa, None).await);
    let other = client("other", ClientKind::Spa);
    add_client(&house.house.ledger, other.clone()).await.unwrap();
    let asked = Refresh { client: &other, token: token.expose(), scope: None };
    assert!(matches!(refresh(&house.house.ledger, asked).await, Err(RefreshError::Dead)));
    let wider = Refresh { client: &house.spa, token: token.expose(), scope: Some("openid email") };
    assert!(matches!(refresh(&house.house.ledger, wider).await, Err(RefreshError::Scope)));
    let narrower = Refresh { client: &house.spa, token: token.expose(), scope: Some("openid") };
    let issued = refresh(&house.house.ledger, narrower).await.unwrap();
    assert_eq!(issued.scope, "openid");
    assert!(!house.speaks(&issued.access.secret).await, "without full access it opens nothing");
}
