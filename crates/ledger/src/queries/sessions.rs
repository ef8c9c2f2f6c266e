//! Which sessions does a user have, and which API tokens are there?

use std::collections::HashMap;

use vestibule_gate::id::UserId;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;
use crate::user::{SessionInfo, User, UserRef};

/// A user's live sessions, the last used one first, with the activity that is only in memory yet.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn sessions(ledger: &Ledger, user: UserId) -> Result<Vec<SessionInfo>, Fault> {
    let mut sql = ledger.store().read().await?;
    let mut sessions = store::sessions::list(&mut sql, user).await?;
    drop(sql);
    keep_alive(ledger, &mut sessions);
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
    Ok(sessions)
}

/// Everybody's live API tokens, or one user's, the oldest first, each with whom it speaks for.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn api_tokens(ledger: &Ledger, of: Option<UserId>) -> Result<Vec<(SessionInfo, User)>, Fault> {
    let mut sql = ledger.store().read().await?;
    let mut tokens = store::sessions::list_api(&mut sql).await?;
    tokens.retain(|token| of.is_none_or(|user| token.user == user));
    keep_alive(ledger, &mut tokens);
    let mut users: HashMap<UserId, User> = HashMap::new();
    let mut found = Vec::with_capacity(tokens.len());
    for token in tokens {
        if !users.contains_key(&token.user)
            && let Some(row) = store::users::find(&mut sql, &UserRef::Id(token.user)).await?
        {
            users.insert(token.user, row.user);
        }
        // One whose user went between the two reads is gone as well.
        found.extend(users.get(&token.user).map(|user| (token, user.clone())));
    }
    Ok(found)
}

/// Adds the activity that is only in memory yet, and takes out what is over.
fn keep_alive(ledger: &Ledger, sessions: &mut Vec<SessionInfo>) {
    let idle_timeout = ledger.settings().session.idle_timeout;
    let now = ledger.now();
    for session in &mut *sessions {
        let seen = ledger.live().table().last_seen(session.id);
        session.last_seen_at = seen.map_or(session.last_seen_at, |seen| seen.max(session.last_seen_at));
    }
    sessions.retain(|session| now < session.end(session.last_seen_at, idle_timeout));
}
