//! A signed-in person changes their password: every other session of theirs ends.

use vestibule_gate::account::Password;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{sessions, users};
use crate::user::UserRef;

use super::{ConfirmError, NewPasswordError, confirm, hash_new, still_confirmed};

/// Why the password stayed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// The new one was not taken.
    #[error(transparent)]
    New(#[from] NewPasswordError),
}

impl From<Fault> for ChangePasswordError {
    fn from(fault: Fault) -> Self {
        Self::Confirm(fault.into())
    }
}

/// Changes the password and ends all sessions but `this` one.
///
/// # Errors
/// [`ChangePasswordError`].
pub async fn change_password(
    ledger: &Ledger,
    user: UserId,
    this: SessionId,
    current: Option<Password>,
    new: Password,
) -> Result<(), ChangePasswordError> {
    let confirmed = confirm(ledger, user, current).await?;
    let mut sql = ledger.store().read().await?;
    let row = users::find(&mut sql, &UserRef::Id(user)).await?.ok_or(ConfirmError::NoSuchUser)?;
    drop(sql);
    let hash = hash_new(ledger, new, row.user.known_words()).await?;
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), &UserRef::Id(user)).await?.ok_or(ConfirmError::NoSuchUser)?;
    still_confirmed(&row, confirmed.as_ref())?;
    if row.user.anonymous {
        // A guest gets a password by signing up, which ends the guest's sessions.
        return Err(ConfirmError::WrongPassword.into());
    }
    row.password_hash = Some(hash);
    users::update(change.sql(), &row, ledger.now()).await?;
    sessions::delete_of(change.sql(), user, Some(this)).await?;
    change.commit(vec![Forget::User(user)]).await?;
    Ok(())
}
