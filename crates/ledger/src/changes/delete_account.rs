//! A person deletes their own account.

use vestibule_gate::account::Password;
use vestibule_gate::id::UserId;

use crate::ledger::Ledger;
use crate::user::UserRef;

use super::{ChangeError, ConfirmError, confirm, delete_user};

/// Deletes the account, its sessions and its credentials, after the current password.
///
/// # Errors
/// [`ConfirmError`].
pub async fn delete_account(ledger: &Ledger, user: UserId, current: Option<Password>) -> Result<(), ConfirmError> {
    confirm(ledger, user, current).await?;
    match delete_user(ledger, &UserRef::Id(user)).await {
        Ok(_) => Ok(()),
        Err(ChangeError::NoSuchUser) => Err(ConfirmError::NoSuchUser),
        Err(ChangeError::Fault(fault)) => Err(fault.into()),
    }
}
