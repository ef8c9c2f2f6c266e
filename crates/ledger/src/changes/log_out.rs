//! Signing out: the sessions that the browser's cookies name end.

use vestibule_gate::table::Forget;
use vestibule_gate::token::opaque::TokenHash;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{credentials, sessions};

/// Ends every session that one of these secrets stands for. Secrets that stand for none are passed over.
///
/// # Errors
/// [`Fault`] when it could not be done: then nobody is signed out, and the page says so.
pub async fn log_out(ledger: &Ledger, secrets: &[TokenHash]) -> Result<(), Fault> {
    let mut change = Change::begin(ledger).await?;
    let mut forget = Vec::new();
    for hash in secrets {
        if let Some(id) = credentials::session_of(change.sql(), *hash).await? {
            sessions::delete(change.sql(), id).await?;
            forget.push(Forget::Session(id));
        }
    }
    change.commit(forget).await
}
