//! What is good for once is good for once in the whole cluster: each kind is taken by two nodes at the same moment, many
//! times, and exactly one of them gets it.

use vestibule_gate::grant::ClientKind;
use vestibule_gate::token::opaque::TokenHash;

use super::*;
use crate::changes::tests::tokens::{Tokens, VERIFIER, client};

const ROUNDS: usize = 25;

/// Two nodes with a client, and Ada.
async fn pair(database: &str) -> [Tokens; 2] {
    let (one, other, ada) = two(database, STALENESS).await;
    let spa = client("spa", ClientKind::Spa);
    add_client(&one.ledger, spa.clone()).await.unwrap();
    [one, other].map(|house| Tokens { house, ada, spa: spa.clone() })
}

/// Runs both at once, each on a thread of its own, and says how many of them won.
async fn winners<F: Future<Output = bool> + Send + 'static>(race: [F; 2]) -> usize {
    let racers = race.map(tokio::spawn);
    let mut won = 0;
    for racer in racers {
        won += usize::from(racer.await.unwrap());
    }
    won
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_authorization_code_is_redeemed_on_one_node() {
    let nodes = pair("once_code").await.map(std::sync::Arc::new);
    for _ in 0..ROUNDS {
        let code = nodes[0].code(&nodes[0].spa, None).await;
        let race = nodes.clone().map(|node| {
            let code = code.clone();
            async move { node.redeem(&node.spa, &code, VERIFIER).await.is_ok() }
        });
        assert_eq!(winners(race).await, 1);
        // The second one was right in everything else: what the first one got has ended with it (row S7).
        let left = queries::sessions(&nodes[0].house.ledger, nodes[0].ada).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_word_that_a_settings_page_was_left_is_given_on_one_node() {
    let nodes = pair("once_settings").await.map(std::sync::Arc::new);
    for _ in 0..ROUNDS {
        let code = nodes[0].code_for(&nodes[0].spa, None, CodePurpose::SettingsAction).await;
        let race = nodes.clone().map(|node| {
            let code = code.hash();
            async move {
                let redeem = Redeem {
                    client: &node.spa,
                    code,
                    purpose: CodePurpose::SettingsAction,
                    redirect_uri: Some(crate::changes::tests::tokens::URI),
                    verifier: Some(VERIFIER),
                    browser: browser(),
                };
                matches!(redeem_code(&node.house.ledger, redeem).await, Ok(Redeemed::SettingsAction))
            }
        });
        assert_eq!(winners(race).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_in_for_one_request_is_used_up_on_one_node() {
    let nodes = pair("once_authentication").await.map(std::sync::Arc::new);
    for _ in 0..ROUNDS {
        let (ledger, ada) = (&nodes[0].house.ledger, nodes[0].ada);
        let secret = action_done(ledger, ada, vec!["pwd"], TokenHash::of(b"request")).await.unwrap();
        let race = nodes.clone().map(|node| {
            let secret = secret.hash();
            async move { use_authentication(&node.house.ledger, secret).await.unwrap() }
        });
        assert_eq!(winners(race).await, 1);
        // And so it is when both make a code of it.
        let secret = action_done(ledger, ada, vec!["pwd"], TokenHash::of(b"request")).await.unwrap();
        let race = nodes.clone().map(|node| {
            let secret = secret.hash();
            async move {
                let granted =
                    Granted { authentication: Some(secret), ..node.granted(&node.spa, None, CodePurpose::Tokens) };
                issue_code(&node.house.ledger, granted).await.unwrap().is_some()
            }
        });
        assert_eq!(winners(race).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_app_session_token_opens_one_browser() {
    let nodes = pair("once_app_session").await.map(std::sync::Arc::new);
    let refresh = nodes[0].tokens(&nodes[0].spa, None).await.refresh.unwrap();
    for _ in 0..ROUNDS {
        let token = app_session_token(&nodes[1].house.ledger, refresh.hash()).await.unwrap().unwrap().secret;
        let race = nodes.clone().map(|node| {
            let token = token.hash();
            async move { start_app_session(&node.house.ledger, token).await.unwrap().is_some() }
        });
        assert_eq!(winners(race).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_guest_becomes_one_person() {
    let nodes = pair("once_guest").await.map(std::sync::Arc::new);
    for round in 0..ROUNDS {
        // From an address each: guests and accounts are limited.
        let browser = Browser { address: Some([192, 0, 2, u8::try_from(round).unwrap()].into()), ..browser() };
        let guest = begun(continue_as_guest(&nodes[0].house.ledger, browser.clone()).await.unwrap());
        let issued = promotion_code(&nodes[1].house.ledger, guest.user, guest.session).await.unwrap().unwrap();
        for node in &nodes {
            assert_eq!(promoted_guest(&node.house.ledger, issued.secret.hash()).await.unwrap(), Some(guest.user));
        }
        let mut n = 0;
        let race = nodes.clone().map(|node| {
            n += 1;
            let attempt = SignUp {
                email: email(&format!("guest{round}.{n}@example.com")),
                name: DisplayName::default(),
                password: password(PASSWORD),
                guest: Some(guest.user),
                browser: browser.clone(),
            };
            async move { sign_up(&node.house.ledger, attempt).await.unwrap().user == guest.user }
        });
        assert_eq!(winners(race).await, 1, "the other one is somebody else");
        assert_eq!(promoted_guest(&nodes[0].house.ledger, issued.secret.hash()).await.unwrap().map(drop), None);
        until("the guest's session is over on both", async || {
            !nodes[0].house.is_live(&guest.secret).await && !nodes[1].house.is_live(&guest.secret).await
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_is_one_account_s() {
    let nodes = pair("once_address").await.map(std::sync::Arc::new);
    for round in 0..ROUNDS {
        let browser = Browser { address: Some([192, 0, 2, u8::try_from(round).unwrap()].into()), ..browser() };
        let race = nodes.clone().map(|node| {
            let attempt = SignUp {
                email: email(&format!("new{round}@example.com")),
                name: DisplayName::default(),
                password: password(PASSWORD),
                guest: None,
                browser: browser.clone(),
            };
            async move {
                match sign_up(&node.house.ledger, attempt).await {
                    Ok(_) => true,
                    Err(SignUpError::Taken) => false,
                    Err(error) => panic!("{error}"),
                }
            }
        });
        assert_eq!(winners(race).await, 1);
    }
}
