//! Which sessions does a user have?

use vestibule_gate::id::UserId;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;
use crate::user::SessionInfo;

/// A user's live sessions, the last used one first, with the activity that is only in memory yet.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn sessions(ledger: &Ledger, user: UserId) -> Result<Vec<SessionInfo>, Fault> {
    let mut sql = ledger.store().read().await?;
    let mut sessions = store::sessions::list(&mut sql, user).await?;
    drop(sql);
    let idle_timeout = ledger.settings().session.idle_timeout;
    let now = ledger.now();
    for session in &mut sessions {
        let seen = ledger.live().table().last_seen(session.id);
        session.last_seen_at = seen.map_or(session.last_seen_at, |seen| seen.max(session.last_seen_at));
    }
    sessions.retain(|session| now < session.expires_at.min(session.last_seen_at.plus(idle_timeout)));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(sessions)
}
