//! How much is there?

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;

/// Counts for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Users, guests among them.
    pub users: i64,
    /// Guests.
    pub guests: i64,
    /// Stored sessions, those among them whose time is over and that are not purged yet.
    pub sessions: i64,
}

/// Counts. Walks whole tables: for a command, not for a request.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn statistics(ledger: &Ledger) -> Result<Statistics, Fault> {
    let mut sql = ledger.store().read().await?;
    let (users, guests) = store::users::count(&mut sql).await?;
    let sessions = store::sessions::count(&mut sql).await?;
    Ok(Statistics { users, guests, sessions })
}
