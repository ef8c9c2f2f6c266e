//! Replaces the signing key when it has signed for long enough, and retires those whose tokens are over.

use std::time::Duration;

use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::SigningAlgorithm;

use crate::changes;
use crate::changes::RotateKeysError;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::queries;
use crate::signing::Phase;

/// How late a rotation or a retirement may be.
const EVERY: Duration = Duration::from_secs(300);

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        if let Err(fault) = tend(&ledger, ledger.now()).await {
            tracing::warn!(%fault, "the signing keys were not looked after");
        }
    }
}

pub(crate) async fn tend(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    // After a reload another algorithm may be configured.
    changes::prepare_at(ledger, now).await?;
    for algorithm in ledger.settings().keys.algorithms() {
        if is_due(ledger, algorithm, now).await? {
            match changes::rotate_at(ledger, Some(algorithm), now).await {
                // The operator was faster.
                Ok(_) | Err(RotateKeysError::Waiting(_)) => {}
                Err(RotateKeysError::Fault(fault)) => return Err(fault),
            }
        }
    }
    changes::retire_over(ledger, now).await.map(drop)
}

/// Whether the key of this algorithm that signs has done so for long enough, and none waits.
async fn is_due(ledger: &Ledger, algorithm: SigningAlgorithm, now: Timestamp) -> Result<bool, Fault> {
    let settings = ledger.settings().keys.clone();
    let Some(every) = settings.rotate_every else { return Ok(false) };
    let keys = queries::keys_at(ledger, now).await?;
    let mut ours = keys.iter().filter(|key| key.algorithm == algorithm);
    if ours.clone().any(|key| key.phase == Phase::Next) {
        return Ok(false);
    }
    Ok(ours.any(|key| key.phase == Phase::Active && key.signs_from.plus(every) <= now))
}
