//! Who is this user, and who is there?

use vestibule_gate::id::UserId;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;
use crate::user::{User, UserRef};

/// One user.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn user(ledger: &Ledger, who: &UserRef) -> Result<Option<User>, Fault> {
    let mut sql = ledger.store().read().await?;
    Ok(store::users::find(&mut sql, who).await?.map(|row| row.user))
}

/// The service of this name.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn service(ledger: &Ledger, name: &str) -> Result<Option<User>, Fault> {
    let mut sql = ledger.store().read().await?;
    Ok(store::users::service(&mut sql, name).await?.map(|row| row.user))
}

/// Users in the order of their ids, behind `after`, at most `limit`.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn users(ledger: &Ledger, after: Option<UserId>, limit: u32) -> Result<Vec<User>, Fault> {
    let mut sql = ledger.store().read().await?;
    store::users::list(&mut sql, after, i64::from(limit)).await
}
