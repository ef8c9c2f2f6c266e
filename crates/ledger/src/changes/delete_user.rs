//! The operator deletes a user.

use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::ledger::Ledger;
use crate::store::users;
use crate::user::{User, UserRef};

use super::ChangeError;

/// Deletes a user, their sessions and their credentials.
///
/// # Errors
/// [`ChangeError`].
pub async fn delete_user(ledger: &Ledger, who: &UserRef) -> Result<User, ChangeError> {
    let mut change = Change::begin(ledger).await?;
    let row = users::find(change.sql(), who).await?.ok_or(ChangeError::NoSuchUser)?;
    users::delete(change.sql(), row.user.id).await?;
    change.commit(vec![Forget::User(row.user.id)]).await?;
    tracing::info!(user = %row.user.id, "a user was deleted");
    Ok(row.user)
}
