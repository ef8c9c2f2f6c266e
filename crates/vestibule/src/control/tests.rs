//! The control socket with a real ledger behind it, and what commands refuse.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vestibule_ledger::Ledger;

use super::client::{SendError, send};
use super::command::{AddUser, Command, Revoke};
use super::written::{Sealed, Written};
use super::{Reply, perform, server};
use crate::config::Config;
use crate::resolver::Resolver;

const PASSWORD: &str = "correct horse battery staple";

fn add(password: &str) -> Command {
    Command::AddUser(AddUser {
        id: None,
        email: "ada@example.com".parse().unwrap(),
        name: Written(vestibule_gate::account::DisplayName::default()),
        roles: Vec::new(),
        verified: false,
        password: Some(password.parse().unwrap()),
    })
}

async fn ledger(folder: &Path) -> Ledger {
    let text = format!("data_dir = {folder:?}\n[password]\nmemory_kib = 64\niterations = 1\n");
    let config = Config::read(Some((Path::new("t.toml"), &text)), std::iter::empty()).unwrap();
    Ledger::open(config.for_ledger()).await.unwrap()
}

#[tokio::test]
async fn a_command_reaches_the_server_however_long_the_path_is() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("x".repeat(120));
    let ledger = ledger(&data_dir).await;
    let nobody = send(&data_dir, &Command::Status).await;
    assert!(matches!(nobody, Err(SendError::NobodyListens)), "{nobody:?}");
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let resolver = Arc::new(Resolver::new(ledger.clone(), Duration::from_secs(5)));
    let server = tokio::spawn(server::serve(resolver, data_dir.clone(), stopped));
    loop {
        match send(&data_dir, &add(PASSWORD)).await {
            Ok(Ok(Reply::Added(id))) => break assert_eq!(id.len(), 36),
            Err(SendError::NobodyListens) => tokio::task::yield_now().await,
            other => panic!("{other:?}"),
        }
    }
    let words = send(&data_dir, &add(PASSWORD)).await.unwrap().unwrap_err().0;
    assert!(words.contains("ada@example.com"), "{words}");
    stop.send(true).unwrap();
    server.await.unwrap().unwrap();
    assert!(matches!(send(&data_dir, &Command::Status).await, Err(SendError::NobodyListens)));
    ledger.close().await;
}

#[tokio::test]
async fn a_password_that_can_be_guessed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path()).await;
    for weak in ["password", "ada@example.com"] {
        assert!(perform(&ledger, add(weak)).await.is_err(), "{weak}");
    }
    let none = Command::RevokeSessions(Revoke::Session("018f6b8e-2f6a-7b1c-9c3d-0123456789ab".parse().unwrap()));
    assert!(perform(&ledger, none).await.is_err());
    ledger.close().await;
}

#[tokio::test]
async fn an_import_names_its_bad_line_and_adds_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path()).await;
    for bad in ["A@example.com", "no"] {
        let text = Sealed(format!("{{\"email\":\"a@example.com\"}}\n\n{{\"email\":\"{bad}\"}}\n"));
        let words = perform(&ledger, Command::ImportUsers { text }).await.unwrap_err().0;
        assert!(words.starts_with("line 3: "), "{words}");
    }
    let Ok(Reply::Users(users)) = perform(&ledger, Command::ListUsers { after: None }).await else { panic!("no list") };
    assert!(users.is_empty());
    ledger.close().await;
}
