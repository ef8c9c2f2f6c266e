//! What the file holds of private keys, and what the operator's secret is for.

use std::path::Path;

use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_tests::postgres;

use super::{house, open, private_key, private_keys, signer_at, token_at, verify_at};
use crate::changes::tests::{database, is_file};
use crate::changes::{prepare_keys, retire_key, rotate_keys};
use crate::fault::OpenError;
use crate::settings::{KeySecret, KeySettings};
use crate::signing::KeyringError;

/// What every Ed25519 key begins with in PKCS #8.
const IN_THE_CLEAR: &str = "MFECAQEwBQYDK2Vw";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// What the database file and its log hold. Of a PostgreSQL, what its table does: its files keep what was deleted until
/// they are vacuumed, which the operations manual says.
fn bytes_of(data_dir: &Path) -> Vec<u8> {
    if !is_file() {
        return postgres::shared().sql(&database(data_dir), "SELECT * FROM signing_keys").out.into_bytes();
    }
    let read = |name: &str| std::fs::read(data_dir.join(name)).unwrap_or_default();
    [read("vestibule.db"), read("vestibule.db-wal")].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn nothing_is_left_of_a_retired_key() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let new = rotate_keys(&ledger, Some(SigningAlgorithm::Rs256)).await.unwrap().id;
    let private = private_keys(&ledger).await.remove(1).0;
    let part = &private[private.len() / 2..private.len() / 2 + 24];
    assert!(holds(&bytes_of(dir.path()), part));
    retire_key(&ledger, &new).await.unwrap();
    ledger.close().await;
    drop(ledger);
    assert!(!holds(&bytes_of(dir.path()), part));
}

#[tokio::test]
async fn private_keys_are_sealed_once_there_is_a_secret() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = house(dir.path()).await;
    let (now, (clear, is_sealed)) = (ledger.now(), private_key(&ledger).await);
    assert!(!is_sealed && clear.starts_with(IN_THE_CLEAR) && holds(&bytes_of(dir.path()), IN_THE_CLEAR));
    let token = token_at(&ledger, now).unwrap();
    ledger.close().await;
    drop(ledger);
    let with_secret = |keys: &mut KeySettings| keys.secret = Some(KeySecret::Text(SECRET.into()));
    let sealed = open(dir.path(), with_secret).await.unwrap();
    assert!(verify_at(&sealed, &token, now).is_ok(), "the same key");
    let (stored, is_sealed) = private_key(&sealed).await;
    assert!(is_sealed && stored != clear);
    let heir = rotate_keys(&sealed, None).await.unwrap();
    assert!(heir.is_sealed, "new ones too");
    sealed.close().await;
    drop(sealed);
    assert!(verify_at(&open(dir.path(), with_secret).await.unwrap(), &token, now).is_ok());
}

#[tokio::test]
async fn a_key_that_is_sealed_from_the_start_is_never_written_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let ledger = open(dir.path(), |keys| keys.secret = Some(KeySecret::File(file))).await.unwrap();
    prepare_keys(&ledger).await.unwrap();
    let (stored, is_sealed) = private_key(&ledger).await;
    assert!(is_sealed && holds(&bytes_of(dir.path()), &stored[..40]));
    assert!(!holds(&bytes_of(dir.path()), IN_THE_CLEAR) && !holds(&bytes_of(dir.path()), SECRET));
}

#[tokio::test]
async fn a_wrong_or_missing_secret_refuses_the_start_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let text = |secret: &'static str| move |keys: &mut KeySettings| keys.secret = Some(KeySecret::Text(secret.into()));
    let ledger = open(dir.path(), text(SECRET)).await.unwrap();
    prepare_keys(&ledger).await.unwrap();
    let id = signer_at(&ledger, ledger.now()).to_string();
    ledger.close().await;
    drop(ledger);
    let missing = open(dir.path(), |_| ()).await.err().unwrap();
    assert!(matches!(missing, OpenError::Keys(KeyringError::NoSecret { .. })), "{missing}");
    let wrong = open(dir.path(), text("0123456789abcdef0123456789abcdeF")).await.err().unwrap();
    assert!(matches!(wrong, OpenError::Keys(KeyringError::WrongSecret { .. })), "{wrong}");
    for said in [missing.to_string(), wrong.to_string()] {
        assert!(
            (!is_file() || said.contains("vestibule.db")) && said.contains(&id) && said.contains("[keys] secret"),
            "{said}"
        );
        assert!(!said.contains("0123456789abcde"), "{said}");
    }
    assert!(open(dir.path(), text(SECRET)).await.is_ok(), "nothing was lost");
}

#[tokio::test]
async fn a_secret_file_that_is_none_refuses_the_start_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    let at = |keys: &mut KeySettings| keys.secret = Some(KeySecret::File(file.clone()));
    let said = open(dir.path(), at).await.err().unwrap().to_string();
    assert!(said.contains("[keys] secret_file") && said.contains("secret"), "{said}");
    std::fs::write(&file, "short\n").unwrap();
    let said = open(dir.path(), at).await.err().unwrap().to_string();
    assert!(said.contains("32 characters") && !said.contains("short\n"), "{said}");
}
