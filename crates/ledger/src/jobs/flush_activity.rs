//! Writes activity behind: when sessions were last used, coalesced, each at most once an interval.
//! A crash may lose up to that much activity, never a revocation.

use std::time::Duration;

use vestibule_gate::table::Activity;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{sessions, users};

/// How long activity waits in the queue, at most.
const EVERY: Duration = Duration::from_secs(1);
/// Sessions a transaction: a change that people wait for gets its turn in between.
const BATCH: usize = 500;

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        let due = ledger.live().table().take_pending();
        if let Err(fault) = write(&ledger, &due).await {
            // Lost activity is lost: holding it until the disk is free again could fill the memory instead.
            tracing::warn!(%fault, sessions = due.len(), "activity was not written");
        }
    }
}

/// Writes everything that the store does not know: before a clean end.
pub(crate) async fn flush_all(ledger: &Ledger) -> Result<(), Fault> {
    let all = ledger.live().table().take_all_activity();
    write(ledger, &all).await
}

async fn write(ledger: &Ledger, due: &[Activity]) -> Result<(), Fault> {
    for batch in due.chunks(BATCH) {
        let mut transaction = ledger.store().write().await?;
        for activity in batch {
            sessions::seen(&mut transaction, activity).await?;
            users::seen(&mut transaction, activity.user, activity.seen).await?;
        }
        transaction.commit().await?;
    }
    Ok(())
}
