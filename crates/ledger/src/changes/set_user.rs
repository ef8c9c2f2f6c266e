//! The operator changes what is known of a user. It shows in the next resolve's headers.

use vestibule_gate::account::{DisplayName, ProfileError, Roles};
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::users;
use crate::user::{User, UserRef};

use super::ChangeError;

/// What to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SetUser {
    /// The name.
    pub name: Option<DisplayName>,
    /// Whether the operator vouches for the address.
    pub verified: Option<bool>,
    /// The new whole list.
    pub roles: Option<Roles>,
    /// Further claims, by name; an empty value takes one away.
    pub claims: Vec<(String, String)>,
}

/// Why a user stayed as they were.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetUserError {
    /// A claim is not taken.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// As every change.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl From<Fault> for SetUserError {
    fn from(fault: Fault) -> Self {
        Self::Change(fault.into())
    }
}

/// Changes a user.
///
/// # Errors
/// [`SetUserError`].
pub async fn set_user(ledger: &Ledger, who: &UserRef, set: SetUser) -> Result<User, SetUserError> {
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), who).await?.ok_or(ChangeError::NoSuchUser)?;
    if let Some(name) = set.name {
        row.user.name = name;
    }
    if let Some(verified) = set.verified {
        row.user.verified = verified;
    }
    if let Some(roles) = set.roles {
        row.user.roles = roles;
    }
    for (name, value) in &set.claims {
        row.user.profile.set(name, value)?;
    }
    users::update(change.sql(), &row, ledger.now()).await?;
    change.commit(vec![Forget::User(row.user.id)]).await?;
    tracing::info!(user = %row.user.id, "a user was changed by the operator");
    Ok(row.user)
}
