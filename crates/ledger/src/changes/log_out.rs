//! Signing out: the sessions that the browser's cookies name end.

use vestibule_gate::table::Forget;
use vestibule_gate::token::opaque::TokenHash;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::one_time::Purpose;
use crate::store::{credentials, one_time, sessions};

/// What a browser is known by, as hashes of the secrets in its cookies.
#[derive(Debug, Clone, Default)]
pub struct KnownBy {
    /// Sessions.
    pub sessions: Vec<TokenHash>,
    /// What an application has signed it in with.
    pub app_session: Option<TokenHash>,
    /// Sign-ins that wait for the requests that they were made for.
    pub authentications: Vec<TokenHash>,
}

/// Ends every session that one of these secrets stands for, and its group. Secrets that stand for none are passed over.
///
/// An application's own session goes on; only what its browser was given for our pages (`app_session`) ends.
///
/// # Errors
/// [`Fault`] when it could not be done: then nobody is signed out, and the page says so.
pub async fn log_out(ledger: &Ledger, known_by: &KnownBy) -> Result<(), Fault> {
    let mut change = Change::begin(ledger).await?;
    let mut forget = Vec::new();
    for hash in &known_by.authentications {
        one_time::take(change.sql(), *hash, Purpose::Authentication, ledger.now()).await?;
    }
    if let Some(hash) = known_by.app_session
        && let Some(id) = credentials::session_of(change.sql(), hash).await?
    {
        credentials::delete(change.sql(), hash).await?;
        forget.push(Forget::Session(id));
    }
    for hash in &known_by.sessions {
        if let Some(id) = credentials::session_of(change.sql(), *hash).await? {
            forget.extend(sessions::end(change.sql(), id).await?.into_iter().map(Forget::Session));
        }
    }
    change.commit(forget).await
}
