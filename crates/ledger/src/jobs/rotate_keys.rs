//! Replaces the signing key when it has signed for long enough, and retires those whose tokens are over.

use std::time::Duration;

use vestibule_gate::time::Timestamp;

use crate::changes;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::Work;

/// How late a rotation or a retirement may be.
const EVERY: Duration = Duration::from_secs(300);

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        if let Err(fault) = in_turn(&ledger).await {
            tracing::warn!(%fault, "the signing keys were not looked after");
        }
    }
}

/// One node at a time.
async fn in_turn(ledger: &Ledger) -> Result<(), Fault> {
    let Some(lease) = ledger.store().lease(Work::Keys).await? else { return Ok(()) };
    let tended = tend(ledger, ledger.now()).await;
    lease.give_back().await;
    tended
}

/// Safe if two nodes do it at once: each change looks again at what is there.
pub(crate) async fn tend(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    // After a reload another algorithm may be configured.
    changes::prepare_at(ledger, now).await?;
    let settings = ledger.settings().keys.clone();
    if let Some(every) = settings.rotate_every {
        for algorithm in settings.algorithms() {
            changes::rotate_if_due(ledger, algorithm, every, now).await?;
        }
    }
    changes::retire_over(ledger, now).await.map(drop)
}
