//! What somebody has begun before it is ended: codes that were not redeemed, and sign-ins that wait for a request.

use vestibule_gate::grant::{Client, ClientKind};
use vestibule_gate::token::opaque::TokenHash;

use super::super::*;
use super::{Tokens, VERIFIER, client};

fn for_request(keeps_session: bool) -> Browser {
    let bound_to = TokenHash::of(b"a request");
    Browser { request: Some(ForRequest { bound_to, keeps_session }), ..Browser::default() }
}

impl Tokens {
    /// Signs in for a request, and keeps what it brought.
    async fn authentication(&self, keeps_session: bool) -> SignedIn {
        let attempt = LogIn {
            email: email("ada@example.com"),
            password: password(PASSWORD),
            browser: for_request(keeps_session),
        };
        log_in(&self.house.ledger, attempt).await.unwrap()
    }

    async fn waits(&self, secret: &Secret) -> bool {
        let found = queries::authentication(&self.house.ledger, secret.hash(), TokenHash::of(b"a request")).await;
        found.unwrap().is_some()
    }
}

#[tokio::test]
async fn whatever_ends_sessions_ends_codes_and_sign_ins_that_have_not_become_any() {
    let house = Tokens::new().await;
    let (ledger, who) = (&house.house.ledger, UserRef::Id(house.ada));
    for way in ["user", "all", "disable", "set", "change"] {
        enable_user(ledger, &who).await.unwrap();
        let code = house.code(&house.spa, None).await;
        let kept = house.authentication(false).await.authentication.unwrap();
        let here = house.house.sign_in(browser()).await.unwrap();
        assert!(house.waits(&kept).await, "{way}");
        match way {
            "user" => drop(revoke(ledger, Which::User(who.clone())).await.unwrap()),
            "all" => drop(revoke(ledger, Which::All).await.unwrap()),
            "disable" => drop(disable_user(ledger, &who).await.unwrap()),
            "set" => drop(set_password(ledger, &who, password(PASSWORD)).await.unwrap()),
            _ => {
                let (old, new) = (Some(password(PASSWORD)), password("another harbour lantern"));
                change_password(ledger, house.ada, here.session, old, new).await.unwrap();
            }
        }
        enable_user(ledger, &who).await.unwrap();
        assert!(!house.waits(&kept).await, "{way}");
        assert!(house.redeem(&house.spa, &code, VERIFIER).await.is_err(), "{way}");
    }
}

#[tokio::test]
async fn a_guest_s_sign_in_is_none_of_the_user_whom_they_become() {
    let house = Tokens::new().await;
    let ledger = &house.house.ledger;
    let attacker = continue_as_guest(ledger, for_request(false)).await.unwrap();
    let kept = attacker.authentication.unwrap();
    assert!(house.waits(&kept).await);
    let attempt = SignUp {
        email: email("eve@example.com"),
        name: DisplayName::default(),
        password: password(PASSWORD),
        guest: Some(attacker.user),
        browser: browser(),
    };
    assert_eq!(sign_up(ledger, attempt).await.unwrap().user, attacker.user);
    assert!(!house.waits(&kept).await, "whoever was the guest before is nobody");
}

#[tokio::test]
async fn a_sign_in_with_single_sign_on_ends_with_the_session_that_it_began() {
    let house = Tokens::new().await;
    let signed_in = house.authentication(true).await;
    let (kept, session) = (signed_in.authentication.unwrap(), signed_in.session.unwrap());
    assert!(house.waits(&kept).await);
    log_out(&house.house.ledger, &known_by(&session.secret)).await.unwrap();
    assert!(!house.waits(&kept).await, "the next one at this computer presses Back");
    let alone = house.authentication(false).await.authentication.unwrap();
    let known_by = KnownBy { authentications: vec![alone.hash()], ..KnownBy::default() };
    log_out(&house.house.ledger, &known_by).await.unwrap();
    assert!(!house.waits(&alone).await);
}

#[tokio::test]
async fn a_session_whose_time_is_over_does_not_come_back_with_its_tokens() {
    let house = Tokens::new().await;
    let first = house.house.sign_in(browser()).await.unwrap();
    let issued = house.tokens(&house.spa, Some(first.session)).await;
    let mut change = crate::commit::Change::begin(&house.house.ledger).await.unwrap();
    let text = "UPDATE sessions SET expires_at = 1 WHERE kind = 'cookie'";
    query(text).execute(change.sql()).await.unwrap();
    change.commit(Vec::new()).await.unwrap();
    assert!(!house.speaks(&issued.access.secret).await);
    let again = house.house.sign_in(from(&first.secret)).await.unwrap();
    assert_ne!(again.session, first.session);
    assert!(!house.speaks(&issued.access.secret).await);
}

#[tokio::test]
async fn an_app_session_token_is_for_public_clients_and_an_access_token_that_was_revoked_stays_so() {
    let house = Tokens::new().await;
    let ledger = &house.house.ledger;
    let server = Client { full_access: true, ..client("server", ClientKind::Confidential) };
    add_client(ledger, server.clone()).await.unwrap();
    let issued = house.tokens(&server, None).await;
    assert!(app_session_token(ledger, issued.refresh.unwrap().hash()).await.unwrap().is_none());
    let first = house.tokens(&house.spa, None).await.refresh.unwrap();
    let second = house.refresh(&first).await.unwrap();
    revoke_token(ledger, Token::Access(second.access.secret.hash()), None).await.unwrap();
    let repeated = house.refresh(&first).await.unwrap();
    assert!(!house.speaks(&repeated.access.secret).await, "the same one, and it was revoked");
}
