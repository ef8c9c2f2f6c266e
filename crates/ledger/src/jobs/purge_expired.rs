//! Deletes sessions whose time is over, and guests whom nobody has seen for long. Both were dead or unseen before, so
//! nothing that anybody sees depends on when this runs.

use std::time::Duration;

use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{sessions, users};

const EVERY: Duration = Duration::from_secs(600);
/// Rows a transaction: a change that people wait for gets its turn in between.
const BATCH: i64 = 500;

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        if let Err(fault) = purge(&ledger).await {
            tracing::warn!(%fault, "what is over was not purged");
        }
    }
}

async fn purge(ledger: &Ledger) -> Result<(), Fault> {
    let settings = ledger.settings();
    let now = ledger.now();
    // The store may know of an activity up to two write intervals late.
    let interval = settings.session.write_interval();
    let unused = now.minus(settings.session.idle_timeout).minus(interval).minus(interval);
    loop {
        let mut change = Change::begin(ledger).await?;
        let over = sessions::over(change.sql(), now, unused, BATCH).await?;
        for session in &over {
            sessions::delete(change.sql(), *session).await?;
        }
        // What the store no longer has, memory must not answer: nobody could end it any more.
        change.commit(over.iter().copied().map(Forget::Session).collect()).await?;
        if over.is_empty() {
            break;
        }
    }
    let unseen = now.minus(settings.anonymous.purge_after).minus(interval).minus(interval);
    loop {
        let mut change = Change::begin(ledger).await?;
        let guests = users::idle_guests(change.sql(), unseen, BATCH).await?;
        for guest in &guests {
            users::delete(change.sql(), *guest).await?;
        }
        change.commit(guests.iter().copied().map(Forget::User).collect()).await?;
        if guests.is_empty() {
            return Ok(());
        }
        tracing::info!(guests = guests.len(), "guests whom nobody has seen for long were deleted");
    }
}
