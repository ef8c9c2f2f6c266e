//! Writes activity behind: when sessions were last used, coalesced, each at most once an interval.
//! A crash may lose up to that much activity, never a revocation.

use std::collections::HashMap;
use std::time::Duration;

use vestibule_gate::id::SessionId;
use vestibule_gate::table::Activity;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{activity, credentials};

/// How long activity waits in the queue, at most.
const EVERY: Duration = Duration::from_secs(1);
/// Sessions a transaction: a change that people wait for gets its turn in between.
const BATCH: usize = 500;

pub(super) async fn run(ledger: Ledger) {
    let mut timer = tokio::time::interval(EVERY);
    loop {
        timer.tick().await;
        let due = newest(ledger.live().table().take_pending());
        if let Err(fault) = write_first_uses(&ledger).await {
            tracing::warn!(%fault, "first uses of access tokens were not written");
        }
        if let Err(fault) = write(&ledger, &due).await {
            // Lost activity is lost: holding it until the disk is free again could fill the memory instead.
            tracing::warn!(%fault, sessions = due.len(), "activity was not written");
        }
    }
}

/// Writes everything that the store does not know: before a clean end.
pub(crate) async fn flush_all(ledger: &Ledger) -> Result<(), Fault> {
    write_first_uses(ledger).await?;
    let all = newest(ledger.live().table().take_all_activity());
    write(ledger, &all).await
}

/// The last use of each session. Memory hands a session's out once an interval; what is read apart, while memory may not be
/// believed, knows nothing of the request before.
fn newest(all: Vec<Activity>) -> Vec<Activity> {
    let mut newest: HashMap<SessionId, Activity> = HashMap::with_capacity(all.len());
    for activity in all {
        let known = newest.entry(activity.session).or_insert(activity);
        known.seen = known.seen.max(activity.seen);
    }
    newest.into_values().collect()
}

async fn write(ledger: &Ledger, due: &[Activity]) -> Result<(), Fault> {
    for batch in due.chunks(BATCH) {
        let mut transaction = ledger.store().write().await?;
        let news = activity::write(&mut transaction, batch).await?;
        transaction.commit().await?;
        // Activity of one counts for its group, in memory, too.
        let used: HashMap<SessionId, Timestamp> = batch.iter().map(|one| (one.session, one.seen)).collect();
        let group = news.into_iter().filter(|(id, seen)| used.get(id) != Some(seen));
        group.for_each(|(id, seen)| ledger.live().table().note_use(id, seen));
    }
    Ok(())
}

/// Writes which access tokens were used for the first time: a refresh must know.
pub(crate) async fn write_first_uses(ledger: &Ledger) -> Result<(), Fault> {
    let used = ledger.live().take_first_uses();
    if used.is_empty() {
        return Ok(());
    }
    let written = note_first_uses(ledger, &used).await;
    if written.is_err() {
        // Or whoever has a copy of the refresh token before them would be taken for a tab whose answer was lost.
        ledger.live().put_back_first_uses(used);
    }
    written
}

async fn note_first_uses(ledger: &Ledger, used: &[TokenHash]) -> Result<(), Fault> {
    let mut transaction = ledger.store().write().await?;
    for hash in used {
        credentials::used(&mut transaction, *hash, ledger.now()).await?;
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use vestibule_gate::id::{SessionId, UserId};
    use vestibule_gate::table::Activity;
    use vestibule_gate::time::Timestamp;

    use super::newest;

    #[test]
    fn a_session_is_written_once_with_its_last_use() {
        let user = UserId::from_uuid(uuid::Uuid::from_u128(9));
        let used = |session: u128, millis| Activity {
            session: SessionId::from_uuid(uuid::Uuid::from_u128(session)),
            user,
            seen: Timestamp::from_millis(millis),
        };
        let mut written = newest(vec![used(1, 10), used(2, 5), used(1, 30), used(1, 20)]);
        written.sort_by_key(|activity| activity.seen);
        assert_eq!(written, [used(2, 5), used(1, 30)]);
    }
}
