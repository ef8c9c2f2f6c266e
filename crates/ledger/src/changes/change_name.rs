//! A person changes what pages, and applications that are told, call them. Decides nothing, so it needs no proof.

use vestibule_gate::account::DisplayName;
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::ledger::Ledger;
use crate::store::users;
use crate::user::UserRef;

use super::ChangeError;

/// Changes the name.
///
/// # Errors
/// [`ChangeError`].
pub async fn change_name(ledger: &Ledger, user: UserId, name: DisplayName) -> Result<(), ChangeError> {
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), &UserRef::Id(user)).await?.ok_or(ChangeError::NoSuchUser)?;
    row.user.name = name;
    users::update(change.sql(), &row, ledger.now()).await?;
    Ok(change.commit(vec![Forget::User(user)]).await?)
}
