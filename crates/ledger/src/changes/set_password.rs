//! The operator sets a password: every session of the user ends.

use vestibule_gate::account::Password;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::proof::password::HashError;
use crate::store::{sessions, users};
use crate::user::{User, UserRef};

use super::ChangeError;

/// Sets a password without asking how strong it is: the operator knows what they do. Guests get none.
///
/// # Errors
/// [`ChangeError`].
pub async fn set_password(ledger: &Ledger, who: &UserRef, password: Password) -> Result<User, ChangeError> {
    let cost = ledger.settings().password;
    let hash = ledger.hasher().hash(&cost, password).await.map_err(|error| match error {
        HashError::Busy => Fault::Store("too many passwords are being checked; try again".to_owned()),
        HashError::Fault(fault) => fault,
    })?;
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), who).await?.ok_or(ChangeError::NoSuchUser)?;
    if row.user.anonymous {
        return Err(ChangeError::NoSuchUser);
    }
    row.password_hash = Some(hash);
    users::update(change.sql(), &row).await?;
    sessions::delete_of(change.sql(), row.user.id, None).await?;
    change.commit(vec![Forget::User(row.user.id)]).await?;
    tracing::info!(user = %row.user.id, "a password was set by the operator");
    Ok(row.user)
}
