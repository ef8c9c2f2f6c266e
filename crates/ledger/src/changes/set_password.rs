//! The operator sets a password: every session of the user ends.

use vestibule_gate::account::Password;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{sessions, users};
use crate::user::{User, UserRef};

use super::{NewPasswordError, hash_new};

/// Why the password stayed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetPasswordError {
    /// There is no such user, or it is a guest or a service.
    #[error("there is no such user")]
    NoSuchUser,
    /// The new one was not taken.
    #[error(transparent)]
    New(#[from] NewPasswordError),
}

impl From<Fault> for SetPasswordError {
    fn from(fault: Fault) -> Self {
        Self::New(fault.into())
    }
}

/// Sets a password, which must be as strong as one that people choose: whoever types `changeme` at a terminal opens the
/// account to everybody who guesses, too. Guests and services get none.
///
/// # Errors
/// [`SetPasswordError`].
pub async fn set_password(ledger: &Ledger, who: &UserRef, password: Password) -> Result<User, SetPasswordError> {
    let mut sql = ledger.store().read().await?;
    let row = users::find(&mut sql, who).await?.ok_or(SetPasswordError::NoSuchUser)?;
    drop(sql);
    // Its id, not its address: that may go to somebody else while the password is hashed.
    let id = row.user.id;
    let hash = hash_new(ledger, password, row.user.known_words()).await?;
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), &UserRef::Id(id)).await?.ok_or(SetPasswordError::NoSuchUser)?;
    if row.user.anonymous || row.user.service {
        return Err(SetPasswordError::NoSuchUser);
    }
    row.password_hash = Some(hash);
    users::update(change.sql(), &row, ledger.now()).await?;
    sessions::delete_of(change.sql(), id, None).await?;
    change.commit(vec![Forget::User(id)]).await?;
    tracing::info!(user = %id, "a password was set by the operator");
    Ok(row.user)
}
