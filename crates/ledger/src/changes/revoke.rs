//! Ending sessions: one of one's own, all others of one's own, or whichever the operator names.

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::Forget;
use vestibule_gate::token::opaque::TokenHash;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{credentials, pending, sessions, users};
use crate::user::UserRef;

use super::ChangeError;

/// Which sessions the operator ends.
#[derive(Debug, Clone)]
pub enum Which {
    /// One.
    Session(SessionId),
    /// Whichever this secret stands for.
    Holder(TokenHash),
    /// A user's.
    User(UserRef),
    /// Everybody's.
    All,
}

/// Ends one of a user's own sessions, and its group. Says whether there was one: somebody else's is none.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn revoke_session(ledger: &Ledger, user: UserId, session: SessionId) -> Result<bool, Fault> {
    let mut change = Change::begin(ledger).await?;
    if sessions::user_of(change.sql(), session).await? != Some(user) {
        return Ok(false);
    }
    let ended = sessions::end(change.sql(), session).await?;
    change.commit(ended.into_iter().map(Forget::Session).collect()).await?;
    Ok(true)
}

/// Ends all of a user's own sessions but this one and what belongs to it. Says how many.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn revoke_others(ledger: &Ledger, user: UserId, this: SessionId) -> Result<u64, Fault> {
    let mut change = Change::begin(ledger).await?;
    let ended = sessions::delete_of(change.sql(), user, Some(this)).await?;
    change.commit(vec![Forget::User(user)]).await?;
    Ok(ended)
}

/// Ends the sessions that the operator names. Says how many.
///
/// # Errors
/// [`ChangeError`].
pub async fn revoke(ledger: &Ledger, which: Which) -> Result<u64, ChangeError> {
    let mut change = Change::begin(ledger).await?;
    let (ended, forget, of) = match which {
        Which::Session(id) => {
            let ended = sessions::end(change.sql(), id).await?;
            let forget = ended.iter().copied().map(Forget::Session).collect();
            (ended.len() as u64, forget, format!("session {id}"))
        }
        Which::Holder(secret) => {
            let ended = match credentials::session_of(change.sql(), secret).await? {
                Some(id) => sessions::end(change.sql(), id).await?,
                None => Vec::new(),
            };
            let forget = ended.iter().copied().map(Forget::Session).collect();
            (ended.len() as u64, forget, "whoever had one secret".to_owned())
        }
        Which::User(who) => {
            let user = users::find(change.sql(), &who).await?.ok_or(ChangeError::NoSuchUser)?.user.id;
            (sessions::delete_of(change.sql(), user, None).await?, vec![Forget::User(user)], format!("user {user}"))
        }
        Which::All => return revoke_all(ledger, change).await,
    };
    change.commit(forget).await?;
    tracing::info!(ended, of, "sessions were ended by the operator");
    Ok(ended)
}

/// Sessions a change, where everybody's are ended. In tests there are never so many.
const AT_ONCE: i64 = if cfg!(test) { 2 } else { 2_000 };

/// Ends everybody's, some at a time: a change that people wait for gets its turn in between, and none takes longer than
/// the database gives a statement. Not acknowledged before the last; what is ended before then is ended.
async fn revoke_all(ledger: &Ledger, mut change: Change) -> Result<u64, ChangeError> {
    pending::delete_all(change.sql()).await?;
    let (mut all, mut behind) = (0, String::new());
    loop {
        let (ended, last) = sessions::delete_behind(change.sql(), &behind, AT_ONCE).await?;
        change.commit(vec![Forget::All]).await?;
        all += ended;
        let Some(last) = last else { break };
        behind = last;
        change = Change::begin(ledger).await?;
    }
    tracing::info!(ended = all, of = "everybody", "sessions were ended by the operator");
    Ok(all)
}
