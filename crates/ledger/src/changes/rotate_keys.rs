//! A new signing key. It is published at once and signs later, so that nobody who keeps the published keys for a while
//! meets a token of a key that they do not know. Where several nodes share the store, every one of them publishes it before
//! any signs with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};

use crate::commit::Change;
use crate::fault::Fault;
use crate::feed::everywhere;
use crate::ledger::Ledger;
use crate::mint;
use crate::queries;
use crate::settings::KeySettings;
use crate::signing::{self, KeyInfo, Phase, SigningKey, infos};
use crate::store::signing_keys::{self, KeyRow};

/// A key that is older is known to every node that answers from memory.
const LATELY: Span = Span::from_seconds(60);

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
    prepare_at(ledger, ledger.now()).await?;
    // Another node may have made one a moment ago, and a third one not know: this one signs with what it has read.
    let lately = ledger.now().minus(LATELY);
    if ledger.node().has_others() && queries::keys(ledger).await?.iter().any(|key| key.created_at > lately) {
        everywhere::known_everywhere(ledger).await?;
    }
    Ok(())
}

pub(crate) async fn prepare_at(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    for algorithm in ledger.settings().keys.algorithms() {
        if ledger.keyring().has(algorithm) {
            continue;
        }
        match make(ledger, algorithm, now, |known| !known.iter().any(|key| is_of(key, algorithm))).await {
            // The first key of all signs at once.
            Ok(Some(_)) => _ = everywhere::known_everywhere(ledger).await?,
            // Another node was faster.
            Ok(None) | Err(RotateKeysError::Waiting(_)) => {
                signing::read_again(ledger, &mut ledger.store().read().await?).await?
            }
            Err(RotateKeysError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(())
}

/// Replaces the key of this algorithm if it has signed for so long and no other waits.
pub(crate) async fn rotate_if_due(
    ledger: &Ledger,
    algorithm: SigningAlgorithm,
    every: Span,
    now: Timestamp,
) -> Result<(), Fault> {
    let is_due = |known: &[KeyInfo]| {
        let mut ours = known.iter().filter(|key| is_of(key, algorithm));
        !ours.clone().any(|key| key.phase == Phase::Next)
            && ours.any(|key| key.phase == Phase::Active && key.signs_from.plus(every) <= now)
    };
    // Nobody waits for the one writer, and no prime is searched for, because of what happens four times a year.
    if !is_due(&queries::keys_at(ledger, now).await?) {
        return Ok(());
    }
    // Asked again inside the change: the operator, or another node, may have been faster.
    match make(ledger, algorithm, now, is_due).await {
        Ok(_) | Err(RotateKeysError::Waiting(_)) => Ok(()),
        Err(RotateKeysError::Fault(fault)) => Err(fault),
    }
}

fn is_of(key: &KeyInfo, algorithm: SigningAlgorithm) -> bool {
    key.algorithm == algorithm && is_there(key)
}

const fn is_there(key: &KeyInfo) -> bool {
    !matches!(key.phase, Phase::Retired { .. })
}

pub(crate) async fn rotate_at(
    ledger: &Ledger,
    algorithm: Option<SigningAlgorithm>,
    now: Timestamp,
) -> Result<KeyInfo, RotateKeysError> {
    let algorithm = algorithm.unwrap_or(ledger.settings().keys.algorithm);
    // It is always wanted.
    make(ledger, algorithm, now, |_| true).await?.ok_or(RotateKeysError::Fault(Fault::NoSigning))
}

/// Makes a key, if it is wanted beside those that are there when it could be stored.
async fn make(
    ledger: &Ledger,
    algorithm: SigningAlgorithm,
    now: Timestamp,
    is_wanted: impl Fn(&[KeyInfo]) -> bool + Send,
) -> Result<Option<KeyInfo>, RotateKeysError> {
    let settings = ledger.settings().keys.clone();
    let fresh = FreshKey::mint(algorithm).await?;
    let mut change = Change::begin(ledger).await?;
    let known = infos(&signing_keys::list(change.sql()).await?, settings.keep_for, now);
    let waiting = known.iter().find(|key| key.algorithm == fresh.algorithm && key.phase == Phase::Next);
    if let Some(waiting) = waiting {
        return Err(RotateKeysError::Waiting(waiting.id.clone()));
    }
    if !is_wanted(&known) {
        return Ok(None);
    }
    // What only assertions are signed with stands in for nobody, and nobody for it.
    let is_apart = fresh.algorithm != settings.algorithm && settings.for_assertions == Some(fresh.algorithm);
    let is_first = !known.iter().any(|key| is_there(key) && (!is_apart || key.algorithm == fresh.algorithm));
    let signs_from = if is_first { now } else { now.plus(publish_before(ledger, &settings)) };
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
    Ok(Some(KeyInfo { id, algorithm, phase, is_sealed, created_at, signs_from }))
}

/// How long a new key is published before it signs: with several nodes never shorter than the last of them may take to
/// publish it, and whoever has asked that one just before may keep the old list.
fn publish_before(ledger: &Ledger, settings: &KeySettings) -> Span {
    let others = everywhere::at_most(ledger).millis();
    let least = if others == 0 { 0 } else { others.saturating_add(settings.published_for().millis()) };
    settings.publish_before.max(Span::from_millis(least))
}

/// A private key that nothing knows of yet.
struct FreshKey {
    id: KeyId,
    algorithm: SigningAlgorithm,
    pkcs8: Vec<u8>,
}

impl FreshKey {
    /// Makes one, off the async threads: RSA searches for primes.
    async fn mint(algorithm: SigningAlgorithm) -> Result<Self, Fault> {
        let make = move || Ok(Self { id: mint::key_id()?, algorithm, pkcs8: mint::private_key(algorithm)? });
        tokio::task::spawn_blocking(make).await.map_err(|_| Fault::Closed)?
    }

    /// For the store, sealed if there is a secret, and for the keyring.
    fn signing_from(
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
