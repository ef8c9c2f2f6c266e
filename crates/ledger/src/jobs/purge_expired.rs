//! Deletes sessions whose time is over, and guests whom nobody has seen for long. Both were dead or unseen before, so
//! nothing that anybody sees depends on when this runs.

use std::time::Duration;

use vestibule_gate::table::Forget;
use vestibule_gate::time::{Span, Timestamp};

use crate::commit::Change;
use crate::fault::Fault;
use crate::feed::follow;
use crate::ledger::Ledger;
use crate::proof::attempts;
use crate::store::{Work, codes, credentials, one_time, refresh_tokens, sessions, users};

const EVERY: Duration = Duration::from_secs(600);
/// Rows a transaction: a change that people wait for gets its turn in between.
const BATCH: i64 = 500;
/// How long a used refresh token is remembered, to find out that somebody else has it. Behind that it is only unknown.
const USED_REFRESH_TOKENS: Span = Span::from_seconds(30 * 24 * 3600);

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        if let Err(fault) = in_turn(&ledger).await {
            tracing::warn!(%fault, "what is over was not purged");
        }
    }
}

/// One node at a time.
pub(crate) async fn in_turn(ledger: &Ledger) -> Result<(), Fault> {
    let Some(lease) = ledger.store().lease(Work::Purge).await? else { return Ok(()) };
    let purged = purge(ledger).await;
    let pruned = if ledger.node().has_others() { prune(ledger).await } else { Ok(()) };
    lease.give_back().await;
    purged.and(pruned)
}

/// What only several nodes write.
async fn prune(ledger: &Ledger) -> Result<(), Fault> {
    follow::prune(ledger, ledger.now()).await?;
    attempts::prune(ledger).await
}

pub(crate) async fn purge(ledger: &Ledger) -> Result<(), Fault> {
    let settings = ledger.settings();
    let now = ledger.now();
    // The store may know of an activity up to two write intervals late.
    let interval = settings.session.write_interval();
    let unused = now.minus(settings.session.idle_timeout).minus(interval).minus(interval);
    loop {
        let mut change = Change::begin(ledger).await?;
        let over = sessions::over(change.sql(), now, unused, BATCH).await?;
        let mut forget = Vec::new();
        for session in &over {
            // What the store no longer has, memory must not answer: nobody could end it any more.
            forget.extend(sessions::children(change.sql(), *session).await?.into_iter().map(Forget::Session));
            forget.push(Forget::Session(*session));
            sessions::delete(change.sql(), *session).await?;
        }
        change.commit(forget).await?;
        if over.is_empty() {
            break;
        }
    }
    purge_tokens(ledger, now).await?;
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

/// Codes, access tokens and one-time secrets that are over; used refresh tokens that nobody honest presents any more.
async fn purge_tokens(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    let some_time_ago = now.minus(Span::from_seconds(3600));
    loop {
        let mut change = Change::begin(ledger).await?;
        let mut gone = credentials::delete_over(change.sql(), now, BATCH).await?;
        gone += codes::delete_over(change.sql(), some_time_ago, BATCH).await?;
        gone += one_time::delete_over(change.sql(), now, BATCH).await?;
        gone += refresh_tokens::delete_rotated_before(change.sql(), now.minus(USED_REFRESH_TOKENS), BATCH).await?;
        change.commit(Vec::new()).await?;
        if gone == 0 {
            return Ok(());
        }
    }
}
