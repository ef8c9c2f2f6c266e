//! The operator disables a user, which ends their sessions, or enables one, which brings none back.

use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::ledger::Ledger;
use crate::store::{sessions, users};
use crate::user::{User, UserRef};

use super::ChangeError;

/// Disables a user and ends their sessions.
///
/// # Errors
/// [`ChangeError`].
pub async fn disable_user(ledger: &Ledger, who: &UserRef) -> Result<User, ChangeError> {
    set(ledger, who, true).await
}

/// Lets a user sign in again.
///
/// # Errors
/// [`ChangeError`].
pub async fn enable_user(ledger: &Ledger, who: &UserRef) -> Result<User, ChangeError> {
    set(ledger, who, false).await
}

async fn set(ledger: &Ledger, who: &UserRef, disabled: bool) -> Result<User, ChangeError> {
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), who).await?.ok_or(ChangeError::NoSuchUser)?;
    row.user.disabled = disabled;
    users::update(change.sql(), &row, ledger.now()).await?;
    if disabled {
        sessions::delete_of(change.sql(), row.user.id, None).await?;
    }
    change.commit(vec![Forget::User(row.user.id)]).await?;
    let done = if disabled { "a user was disabled by the operator" } else { "a user was enabled by the operator" };
    tracing::info!(user = %row.user.id, "{done}");
    Ok(row.user)
}
