//! A signing key that must not count any more: it leaves the published ones at once, and every token that it signed is
//! refused on the next resolve.

use vestibule_gate::table::Forget;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};

use crate::commit::Change;
use crate::fault::Fault;
use crate::feed::everywhere;
use crate::ledger::Ledger;
use crate::queries;
use crate::signing::{KeyInfo, Phase, infos};
use crate::store::signing_keys;

use super::rotate_keys::{RotateKeysError, rotate_at};

/// Why a key was not retired.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RetireKeyError {
    /// There is none, or it is retired.
    #[error("there is no published key {0}; `vestibule keys list` shows them")]
    NoSuchKey(KeyId),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Retires a key. If it is the one that signs, the one that waits takes its place at once, or a new one does, as soon as
/// every node publishes it: whoever keeps the published keys for a while may refuse tokens until they look again. Says which
/// one that is.
///
/// # Errors
/// [`RetireKeyError`].
pub async fn retire_key(ledger: &Ledger, id: &KeyId) -> Result<Option<KeyId>, RetireKeyError> {
    retire_at(ledger, id, ledger.now()).await
}

pub(crate) async fn retire_at(ledger: &Ledger, id: &KeyId, now: Timestamp) -> Result<Option<KeyId>, RetireKeyError> {
    let settings = ledger.settings().keys.clone();
    let mut known_heir = None;
    loop {
        let mut change = Change::begin(ledger).await?;
        let known = infos(&signing_keys::list(change.sql()).await?, settings.keep_for, now);
        let is_it = |key: &&KeyInfo| key.id == *id && !matches!(key.phase, Phase::Retired { .. });
        let key = known.iter().find(is_it).ok_or_else(|| RetireKeyError::NoSuchKey(id.clone()))?;
        let algorithm = settings.heir_of(key.algorithm);
        let ours = known.iter().filter(|other| other.id != key.id && other.algorithm == algorithm);
        // A key of an algorithm that is not configured any more needs no heir, unless it still stands in for one.
        let needs_heir = key.phase == Phase::Active && ours.clone().all(|other| other.phase != Phase::Active);
        let waiting = ours.clone().find(|other| other.phase == Phase::Next).map(|key| key.id.clone());
        if needs_heir && (waiting.is_none() || waiting != known_heir) {
            // Nobody waits while primes are searched for, and other nodes asked what they know.
            drop(change);
            known_heir = Some(publish_heir(ledger, waiting, algorithm, now).await?);
            continue;
        }
        let heir = if needs_heir { waiting } else { None };
        hand_over(ledger, change, id, heir.clone(), now).await?;
        tracing::warn!(kid = %id, heir = heir.as_ref().map(KeyId::as_str), "a signing key was retired by the operator");
        return Ok(heir);
    }
}

/// Makes sure that every node publishes a key which waits for its turn: the one that is there, or a new one.
async fn publish_heir(
    ledger: &Ledger,
    waiting: Option<KeyId>,
    algorithm: SigningAlgorithm,
    now: Timestamp,
) -> Result<KeyId, Fault> {
    let heir = match waiting {
        Some(waiting) => waiting,
        None => match rotate_at(ledger, Some(algorithm), now).await {
            Ok(KeyInfo { id, .. }) | Err(RotateKeysError::Waiting(id)) => id,
            Err(RotateKeysError::Fault(fault)) => return Err(fault),
        },
    };
    everywhere::known_everywhere(ledger).await?;
    Ok(heir)
}

/// Retires the key, and lets the one that waits sign in its place.
async fn hand_over(
    ledger: &Ledger,
    mut change: Change,
    id: &KeyId,
    heir: Option<KeyId>,
    now: Timestamp,
) -> Result<(), Fault> {
    signing_keys::retire(change.sql(), id, now).await?;
    if let Some(heir) = &heir {
        signing_keys::sign_from(change.sql(), heir, now).await?;
    }
    let (ledger, retired) = (ledger.clone(), id.clone());
    let then = move |_: bool| {
        // What may have left the store must not verify.
        if let Some(id) = heir {
            ledger.keyring().sign_from(&id, now);
        }
        ledger.keyring().remove(&retired);
    };
    change.changes_keys();
    change.commit_then(vec![Forget::All], then).await
}

/// Retires the keys whose tokens are all over. Says how many.
pub(crate) async fn retire_over(ledger: &Ledger, now: Timestamp) -> Result<usize, Fault> {
    let is_over = |key: &KeyInfo| matches!(key.phase, Phase::Retiring { until } if until <= now);
    // Nobody waits for the one writer because of what happens four times a year.
    if !queries::keys_at(ledger, now).await?.iter().any(is_over) {
        return Ok(0);
    }
    let mut change = Change::begin(ledger).await?;
    let known = infos(&signing_keys::list(change.sql()).await?, ledger.settings().keys.keep_for, now);
    let over: Vec<KeyId> = known.into_iter().filter(is_over).map(|key| key.id).collect();
    for id in &over {
        signing_keys::retire(change.sql(), id, now).await?;
        tracing::info!(kid = %id, "a signing key was retired: its tokens are over");
    }
    let (ring, count) = (ledger.clone(), over.len());
    change.changes_keys();
    change.commit_then(Vec::new(), move |_| over.iter().for_each(|id| ring.keyring().remove(id))).await?;
    Ok(count)
}
