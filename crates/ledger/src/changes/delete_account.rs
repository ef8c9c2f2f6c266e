//! A person deletes their own account.

use vestibule_gate::account::Password;
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::ledger::Ledger;
use crate::store::users;
use crate::user::UserRef;

use super::{ConfirmError, confirm, still_confirmed};

/// Deletes the account, its sessions and its credentials, after the current password.
///
/// # Errors
/// [`ConfirmError`].
pub async fn delete_account(ledger: &Ledger, user: UserId, current: Option<Password>) -> Result<(), ConfirmError> {
    let confirmed = confirm(ledger, user, current).await?;
    let mut change = Change::begin(ledger).await?;
    let row = users::find(change.sql(), &UserRef::Id(user)).await?.ok_or(ConfirmError::NoSuchUser)?;
    still_confirmed(&row, confirmed.as_ref())?;
    users::delete(change.sql(), user).await?;
    change.commit(vec![Forget::User(user)]).await?;
    tracing::info!(%user, "a user was deleted");
    Ok(())
}
