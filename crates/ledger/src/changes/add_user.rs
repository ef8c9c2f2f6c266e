//! The operator adds users: one, or a whole file of them at once.

use vestibule_gate::account::{EmailAddress, Password, Profile};
use vestibule_gate::id::UserId;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::users::{self, UserRow};
use crate::user::{NewUser, User, UserRef};

use super::{NewPasswordError, hash_new};

/// Why a user was not added.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AddUserError {
    /// Somebody has this address. The number counts the users given, from 0.
    #[error("there is a user with the e-mail address {1} already")]
    EmailTaken(usize, String),
    /// Somebody has this id.
    #[error("there is a user with the id {1} already")]
    IdTaken(usize, UserId),
    /// The password was not taken.
    #[error(transparent)]
    Password(#[from] NewPasswordError),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl AddUserError {
    /// Which of the users given is at fault, counted from 0.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self {
            Self::EmailTaken(index, _) | Self::IdTaken(index, _) => Some(*index),
            Self::Password(_) | Self::Fault(_) => None,
        }
    }
}

/// Adds one user, with a password in the clear that is hashed here, and must be as strong as one that people choose.
///
/// # Errors
/// [`AddUserError`].
pub async fn add_user(ledger: &Ledger, mut user: NewUser, password: Option<Password>) -> Result<UserId, AddUserError> {
    if let Some(password) = password {
        let known = vec![user.email.shown().to_owned(), user.name.as_str().to_owned()];
        user.password = Some(hash_new(ledger, password, known).await?);
    }
    let ids = import_users(ledger, vec![user]).await?;
    ids.first().copied().ok_or(AddUserError::Fault(Fault::Closed))
}

/// Adds users from elsewhere, all or none, and returns their ids in the same order.
///
/// # Errors
/// [`AddUserError`], which names the user at fault.
pub async fn import_users(ledger: &Ledger, new: Vec<NewUser>) -> Result<Vec<UserId>, AddUserError> {
    let now = ledger.now();
    let mut ids = Vec::with_capacity(new.len());
    let mut change = Change::begin(ledger).await?;
    for (index, user) in new.into_iter().enumerate() {
        let taken = |email: &EmailAddress| AddUserError::EmailTaken(index, email.shown().to_owned());
        if users::find(change.sql(), &UserRef::Email(user.email.clone())).await?.is_some() {
            return Err(taken(&user.email));
        }
        let id = match user.id {
            Some(id) => id,
            None => mint::user_id(now)?,
        };
        if users::find(change.sql(), &UserRef::Id(id)).await?.is_some() {
            return Err(AddUserError::IdTaken(index, id));
        }
        let added = User {
            id,
            email: Some(user.email),
            name: user.name,
            roles: user.roles,
            verified: user.verified,
            disabled: false,
            anonymous: false,
            has_password: user.password.is_some(),
            service: false,
            profile: Profile::default(),
            updated_at: None,
            created_at: now,
            last_seen_at: None,
        };
        users::insert(change.sql(), &UserRow { user: added, password_hash: user.password }).await?;
        ids.push(id);
    }
    change.commit(Vec::new()).await?;
    match ids.as_slice() {
        [user] => tracing::info!(%user, "a user was added by the operator"),
        all => tracing::info!(users = all.len(), "users were added by the operator"),
    }
    Ok(ids)
}
