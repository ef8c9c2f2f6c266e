//! Which signing keys are there, and were there?

use vestibule_gate::time::Timestamp;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::signing::{KeyInfo, infos};
use crate::store;

/// All signing keys, in the order in which they began or begin to sign, with the retired ones.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn keys(ledger: &Ledger) -> Result<Vec<KeyInfo>, Fault> {
    keys_at(ledger, ledger.now()).await
}

pub(crate) async fn keys_at(ledger: &Ledger, now: Timestamp) -> Result<Vec<KeyInfo>, Fault> {
    let mut sql = ledger.store().read().await?;
    let rows = store::signing_keys::list(&mut sql).await?;
    Ok(infos(&rows, ledger.settings().keys.keep_for, now))
}
