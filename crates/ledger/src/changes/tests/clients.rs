//! Clients: by command, and by the configuration file, which wins.

use vestibule_gate::grant::{Client, ClientId, ClientKind, Registration};
use vestibule_gate::token::opaque::TokenHash;

use super::*;

const CHOSEN: &str = "0123456789abcdef0123456789abcdef";

fn id(text: &str) -> ClientId {
    ClientId::parse(text).unwrap()
}

fn client(text: &str, kind: ClientKind) -> Client {
    let uris = (kind != ClientKind::Machine).then(|| vec!["https://app.example.com/callback".to_owned()]);
    Registration { redirect_uris: uris, ..Registration::default() }.client(id(text), kind).unwrap()
}

fn declared(text: &str, secret: &str) -> DeclaredClient {
    DeclaredClient { client: client(text, ClientKind::Machine), secret: Some(TokenHash::of(secret.as_bytes())) }
}

impl House {
    async fn takes(&self, client: &str, secret: &str) -> bool {
        queries::is_client_secret(&self.ledger, &id(client), secret).await.unwrap()
    }

    async fn clients(&self) -> Vec<String> {
        let all = queries::clients(&self.ledger).await.unwrap();
        all.into_iter().map(|record| record.client.id.to_string()).collect()
    }
}

#[tokio::test]
async fn a_client_is_added_once_changed_and_deleted() {
    let house = House::new().await;
    let mut shop = client("shop", ClientKind::Spa);
    assert!(add_client(&house.ledger, shop.clone()).await.unwrap().is_none(), "a public client has no secret");
    assert!(matches!(add_client(&house.ledger, shop.clone()).await, Err(ClientError::Taken)));
    shop.name = "The shop".to_owned();
    set_client(&house.ledger, shop.clone()).await.unwrap();
    let record = queries::client(&house.ledger, &shop.id).await.unwrap().unwrap();
    assert_eq!((record.client, record.declared, record.service), (shop.clone(), false, None));
    let rotated = rotate_client_secret(&house.ledger, &shop.id, Span::from_seconds(1)).await;
    assert!(matches!(rotated, Err(ClientError::Public)));
    delete_client(&house.ledger, &shop.id).await.unwrap();
    assert!(matches!(delete_client(&house.ledger, &shop.id).await, Err(ClientError::NoSuchClient)));
    assert!(matches!(set_client(&house.ledger, shop).await, Err(ClientError::NoSuchClient)));
}

#[tokio::test]
async fn a_secret_is_its_client_s_and_outlives_a_rotation_only_as_long_as_it_is_told() {
    let house = House::new().await;
    let secret = add_client(&house.ledger, client("a", ClientKind::Machine)).await.unwrap().unwrap();
    let other = add_client(&house.ledger, client("b", ClientKind::Machine)).await.unwrap().unwrap();
    assert!(house.takes("a", secret.expose()).await && house.takes("b", other.expose()).await);
    assert!(!house.takes("b", secret.expose()).await && !house.takes("a", CHOSEN).await);
    let second = rotate_client_secret(&house.ledger, &id("a"), Span::from_seconds(60)).await.unwrap();
    assert!(house.takes("a", secret.expose()).await && house.takes("a", second.expose()).await, "both for a while");
    let third = rotate_client_secret(&house.ledger, &id("a"), Span::from_millis(0)).await.unwrap();
    assert!(!house.takes("a", secret.expose()).await && !house.takes("a", second.expose()).await, "at once");
    assert!(house.takes("a", third.expose()).await && house.takes("b", other.expose()).await);
}

#[tokio::test]
async fn a_declared_client_has_the_secret_of_its_file_and_no_other() {
    let house = House::new().await;
    let minted = add_client(&house.ledger, client("a", ClientKind::Machine)).await.unwrap().unwrap();
    declare_clients(&house.ledger, &[declared("a", CHOSEN)]).await.unwrap();
    assert!(house.takes("a", CHOSEN).await);
    assert!(!house.takes("a", minted.expose()).await, "what the file says wins");
    assert!(!house.takes("b", CHOSEN).await);
    let fresh = CHOSEN.to_uppercase();
    declare_clients(&house.ledger, &[declared("a", &fresh)]).await.unwrap();
    assert!(house.takes("a", &fresh).await && !house.takes("a", CHOSEN).await);
    declare_clients(&house.ledger, &[declared("a", &fresh)]).await.unwrap();
    assert!(house.takes("a", &fresh).await, "the same again changes nothing");
}

#[tokio::test]
async fn no_command_changes_what_the_file_declares() {
    let house = House::new().await;
    declare_clients(&house.ledger, &[declared("a", CHOSEN)]).await.unwrap();
    let machine = client("a", ClientKind::Machine);
    assert!(matches!(add_client(&house.ledger, machine.clone()).await, Err(ClientError::Taken)));
    assert!(matches!(set_client(&house.ledger, machine.clone()).await, Err(ClientError::Declared)));
    assert!(matches!(delete_client(&house.ledger, &machine.id).await, Err(ClientError::Declared)));
    let rotated = rotate_client_secret(&house.ledger, &machine.id, Span::from_seconds(1)).await;
    assert!(matches!(rotated, Err(ClientError::Declared)));
}

#[tokio::test]
async fn what_is_no_longer_declared_is_gone_and_what_was_added_stays() {
    let house = House::new().await;
    add_client(&house.ledger, client("added", ClientKind::Spa)).await.unwrap();
    declare_clients(&house.ledger, &[declared("a", CHOSEN), declared("b", &CHOSEN.to_uppercase())]).await.unwrap();
    assert_eq!(house.clients().await, ["a", "added", "b"]);
    declare_clients(&house.ledger, &[declared("b", CHOSEN)]).await.unwrap();
    assert_eq!(house.clients().await, ["added", "b"]);
    assert!(house.takes("b", CHOSEN).await, "a secret may move");
}
