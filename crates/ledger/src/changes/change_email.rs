//! A signed-in person changes their e-mail address: nobody has verified the new one.

use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::proof::attempts;
use crate::proof::limits::Counted;
use crate::store::users;
use crate::user::UserRef;

use super::{ConfirmError, confirm, still_confirmed};

/// Why the address stayed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ChangeEmailError {
    /// The current password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// Somebody else has the address.
    #[error("there is an account with this e-mail address")]
    Taken,
}

impl From<Fault> for ChangeEmailError {
    fn from(fault: Fault) -> Self {
        Self::Confirm(fault.into())
    }
}

/// Changes the address and clears `verified`, unless only its spelling changes.
///
/// # Errors
/// [`ChangeEmailError`].
pub async fn change_email(
    ledger: &Ledger,
    user: UserId,
    current: Option<Password>,
    new: EmailAddress,
) -> Result<(), ChangeEmailError> {
    let confirmed = confirm(ledger, user, current).await?;
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), &UserRef::Id(user)).await?.ok_or(ConfirmError::NoSuchUser)?;
    still_confirmed(&row, confirmed.as_ref())?;
    if row.user.anonymous {
        // A guest gets an address by signing up, which ends the guest's sessions.
        return Err(ConfirmError::WrongPassword.into());
    }
    let taken = users::find(change.sql(), &UserRef::Email(new.clone())).await?;
    if taken.is_some_and(|other| other.user.id != user) {
        count_the_question(ledger, user).await;
        return Err(ChangeEmailError::Taken);
    }
    if row.user.email.as_ref() != Some(&new) {
        row.user.verified = false;
    }
    row.user.email = Some(new);
    users::update(change.sql(), &row, ledger.now()).await?;
    change.commit(vec![Forget::User(user)]).await?;
    Ok(())
}

/// Whoever asks for the addresses of others is stopped like somebody who guesses: the right password gave its own attempt
/// back, and would let them ask without end.
async fn count_the_question(ledger: &Ledger, user: UserId) {
    let id = user.to_string();
    let rate = ledger.settings().limits.confirm_per_user;
    // Too many already is refused the next time.
    let _ = attempts::attempt(ledger, Counted::Confirm(id.as_bytes()), rate).await;
}
