//! Reads the keys when the ledger opens, and seals those that a secret has been set for since.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::keys::Keys;
use vestibule_gate::token::jwt::KeyId;

use super::key::SigningKey;
use super::keyring::Keyring;
use super::seal::SealingKey;
use crate::fault::{Fault, OpenError};
use crate::ledger::Ledger;
use crate::settings::{KeySecret, KeySettings};
use crate::store::signing_keys::{self, KeyRow};
use crate::store::{Connection, Store};

/// Why the keys cannot be read, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The file with the secret cannot be read.
    #[error("[keys] secret_file {path}: {source}; name a file that this user may read")]
    SecretFile {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file with the secret holds too little.
    #[error(
        "[keys] secret_file {0}: holds fewer than {least} characters; write a random secret into it, such as `openssl rand -base64 32` prints",
        least = KeySecret::SHORTEST
    )]
    ShortSecret(PathBuf),
    /// A key is sealed, and there is no secret.
    #[error(
        "{database}: the signing key {id} is sealed, and neither [keys] secret nor secret_file is set; set the secret that it was sealed with. {LOST}"
    )]
    NoSecret {
        /// The database file.
        database: PathBuf,
        /// Which key.
        id: KeyId,
    },
    /// A key is sealed with another secret.
    #[error(
        "{database}: the signing key {id} does not open with [keys] secret; set the secret that it was sealed with. {LOST}"
    )]
    WrongSecret {
        /// The database file.
        database: PathBuf,
        /// Which key.
        id: KeyId,
    },
    /// A key is no key.
    #[error("{database}: the signing key {id} is damaged; restore a backup. {LOST}")]
    Damaged {
        /// The database file.
        database: PathBuf,
        /// Which key.
        id: KeyId,
    },
}

const LOST: &str = "If it is lost, delete the key's line from the table signing_keys, with sqlite3 or psql: the next start makes \
                    a new key, and every token that the lost one signed is refused";

/// Reads the published keys of a database.
pub(crate) async fn open(
    store: &Store,
    settings: &KeySettings,
    database: &Path,
    shown: Arc<Keys>,
) -> Result<Keyring, OpenError> {
    let failed = |fault: Fault| OpenError::Store { path: database.to_owned(), fault };
    let sealing = sealing_key(settings.secret.as_ref()).map_err(|error| match error {
        SealingError::Keyring(error) => error.into(),
        SealingError::Fault(fault) => failed(fault),
    })?;
    let mut transaction = store.write().await.map_err(failed)?;
    let rows = signing_keys::list(&mut transaction).await.map_err(failed)?;
    let mut keys = Vec::new();
    let mut newly_sealed = 0_usize;
    for row in rows.into_iter().filter(|row| row.retired_at.is_none()) {
        let private = private_key(&row, sealing.as_ref(), database)?;
        if let (false, Some(sealing)) = (row.is_sealed, &sealing) {
            seal(&mut transaction, &row.id, &private, sealing).await.map_err(failed)?;
            newly_sealed += 1;
        }
        let damaged = || KeyringError::Damaged { database: database.to_owned(), id: row.id.clone() };
        keys.push(SigningKey::read(row.id.clone(), row.algorithm, &private, row.signs_from).ok_or_else(damaged)?);
    }
    transaction.commit().await.map_err(failed)?;
    if newly_sealed > 0 {
        tracing::warn!(
            keys = newly_sealed,
            "signing keys were sealed; backups from before still hold them in the clear: `vestibule keys rotate` makes one \
             that never was"
        );
    }
    Ok(Keyring::new(keys, sealing, settings.for_assertions, shown))
}

/// Reads the published keys anew, since another node may have changed them. What was read does not undo a change that was
/// made here while it was read.
pub(crate) async fn read_again(ledger: &Ledger, sql: &mut Connection) -> Result<(), Fault> {
    loop {
        let version = ledger.keyring().version();
        let rows = signing_keys::list(sql).await?;
        let mut keys = Vec::new();
        for row in rows.into_iter().filter(|row| row.retired_at.is_none()) {
            let private = private_key(&row, ledger.keyring().sealing(), Path::new("the store")).map_err(|error| {
                tracing::error!(%error, "a signing key of another node cannot be read; every node needs the same [keys] secret");
                Fault::Unreadable("a signing key")
            })?;
            let key = SigningKey::read(row.id.clone(), row.algorithm, &private, row.signs_from);
            keys.push(key.ok_or(Fault::Unreadable("a signing key"))?);
        }
        if ledger.keyring().replace(version, keys) {
            return Ok(());
        }
    }
}

/// Makes sure that the keys in memory are those that are published: they are read where other nodes may have changed them
/// and this one not know.
pub(crate) async fn make_sure(ledger: &Ledger) -> Result<(), Fault> {
    if ledger.live().freshness().is_fresh() {
        return Ok(());
    }
    read_again(ledger, &mut ledger.store().read().await?).await
}

enum SealingError {
    Keyring(KeyringError),
    Fault(Fault),
}

fn sealing_key(secret: Option<&KeySecret>) -> Result<Option<SealingKey>, SealingError> {
    let text = match secret {
        None => return Ok(None),
        Some(KeySecret::Text(text)) => text.to_string(),
        Some(KeySecret::File(path)) => secret_in(path).map_err(SealingError::Keyring)?,
    };
    SealingKey::derive(&text).map(Some).map_err(SealingError::Fault)
}

/// The secret in a file, without the line's end.
fn secret_in(path: &Path) -> Result<String, KeyringError> {
    let text =
        std::fs::read_to_string(path).map_err(|source| KeyringError::SecretFile { path: path.to_owned(), source })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.chars().count() < KeySecret::SHORTEST {
        return Err(KeyringError::ShortSecret(path.to_owned()));
    }
    Ok(secret.to_owned())
}

fn private_key(row: &KeyRow, sealing: Option<&SealingKey>, database: &Path) -> Result<Vec<u8>, KeyringError> {
    let (database, id) = (database.to_owned(), row.id.clone());
    match (row.is_sealed, sealing) {
        (true, None) => Err(KeyringError::NoSecret { database, id }),
        (true, Some(sealing)) => {
            sealing.open(&row.id, &row.private_key).ok_or(KeyringError::WrongSecret { database, id })
        }
        (false, _) => URL_SAFE_NO_PAD.decode(&row.private_key).map_err(|_| KeyringError::Damaged { database, id }),
    }
}

async fn seal(sql: &mut Connection, id: &KeyId, private: &[u8], sealing: &SealingKey) -> Result<(), Fault> {
    signing_keys::seal(sql, id, sealing.seal(id, private)?).await
}
