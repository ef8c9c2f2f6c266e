//! A new signing key. It is published at once and signs later, so that nobody who keeps the published keys for a while
//! meets a token of a key that they do not know.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::signing::{KeyInfo, Phase, SigningKey, infos};
use crate::store::signing_keys::{self, KeyRow};

/// Why there is no new key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RotateKeysError {
    /// One is waiting for its turn.
    #[error("the key {0} is published already and waits for its turn; let it sign first, or retire it")]
    Waiting(KeyId),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes a key, of the configured algorithm unless another is named, and publishes it. It signs after
/// `[keys] publish_before`, or at once where no other is published.
///
/// # Errors
/// [`RotateKeysError`].
pub async fn rotate_keys(ledger: &Ledger, algorithm: Option<SigningAlgorithm>) -> Result<KeyInfo, RotateKeysError> {
    rotate_at(ledger, algorithm, ledger.now()).await
}

/// Makes the first key of each configured algorithm, if there is none: before a server begins to serve.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn prepare_keys(ledger: &Ledger) -> Result<(), Fault> {
    prepare_at(ledger, ledger.now()).await
}

pub(crate) async fn prepare_at(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    for algorithm in ledger.settings().keys.algorithms() {
        if ledger.keyring().has(algorithm) {
            continue;
        }
        match rotate_at(ledger, Some(algorithm), now).await {
            Ok(_) | Err(RotateKeysError::Waiting(_)) => {}
            Err(RotateKeysError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(())
}

pub(crate) async fn rotate_at(
    ledger: &Ledger,
    algorithm: Option<SigningAlgorithm>,
    now: Timestamp,
) -> Result<KeyInfo, RotateKeysError> {
    let settings = ledger.settings().keys.clone();
    let fresh = FreshKey::mint(algorithm.unwrap_or(settings.algorithm)).await?;
    let mut change = Change::begin(ledger).await?;
    let known = infos(&signing_keys::list(change.sql()).await?, settings.keep_for, now);
    let waiting = known.iter().find(|key| key.algorithm == fresh.algorithm && key.phase == Phase::Next);
    if let Some(waiting) = waiting {
        return Err(RotateKeysError::Waiting(waiting.id.clone()));
    }
    let is_there = |key: &KeyInfo| !matches!(key.phase, Phase::Retired { .. });
    // What only assertions are signed with stands in for nobody, and nobody for it.
    let is_apart = fresh.algorithm != settings.algorithm && settings.for_assertions == Some(fresh.algorithm);
    let is_first = !known.iter().any(|key| is_there(key) && (!is_apart || key.algorithm == fresh.algorithm));
    let signs_from = if is_first { now } else { now.plus(settings.publish_before) };
    let (row, key) = fresh.signing_from(ledger, signs_from, now)?;
    signing_keys::insert(change.sql(), &row).await?;
    let keyring = ledger.clone();
    // A key that is not in the store would sign tokens that nobody could verify after a restart.
    let then = move |committed| {
        if committed {
            keyring.keyring().add(key)
        }
    };
    change.changes_keys();
    change.commit_then(Vec::new(), then).await?;
    tracing::info!(kid = %row.id, algorithm = %row.algorithm, "a signing key was made and published");
    let phase = if is_first { Phase::Active } else { Phase::Next };
    let KeyRow { id, algorithm, is_sealed, created_at, .. } = row;
    Ok(KeyInfo { id, algorithm, phase, is_sealed, created_at, signs_from })
}

/// A private key that nothing knows of yet.
pub(super) struct FreshKey {
    id: KeyId,
    algorithm: SigningAlgorithm,
    pkcs8: Vec<u8>,
}

impl FreshKey {
    /// Makes one, off the async threads: RSA searches for primes.
    pub(super) async fn mint(algorithm: SigningAlgorithm) -> Result<Self, Fault> {
        let make = move || Ok(Self { id: mint::key_id()?, algorithm, pkcs8: mint::private_key(algorithm)? });
        tokio::task::spawn_blocking(make).await.map_err(|_| Fault::Closed)?
    }

    /// For the store, sealed if there is a secret, and for the keyring.
    pub(super) fn signing_from(
        self,
        ledger: &Ledger,
        signs_from: Timestamp,
        now: Timestamp,
    ) -> Result<(KeyRow, SigningKey), Fault> {
        let Self { id, algorithm, pkcs8 } = self;
        let sealing = ledger.keyring().sealing();
        let private_key = match sealing {
            Some(sealing) => sealing.seal(&id, &pkcs8)?,
            None => URL_SAFE_NO_PAD.encode(&pkcs8),
        };
        let unreadable = Fault::Unreadable("a new signing key");
        let key = SigningKey::read(id.clone(), algorithm, &pkcs8, signs_from).ok_or(unreadable)?;
        let is_sealed = sealing.is_some();
        Ok((KeyRow { id, algorithm, private_key, is_sealed, created_at: now, signs_from, retired_at: None }, key))
    }
}
