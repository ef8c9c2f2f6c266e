//! Everything that can ever change, a file a change. Nobody else writes.
//!
//! Each change checks what it must inside its transaction, commits, forgets what it made untrue, and then answers.

mod action_done;
mod add_user;
mod api_tokens;
mod app_session;
mod change_email;
mod change_name;
mod change_password;
mod client_credentials;
mod clients;
mod consent;
mod continue_as_guest;
mod create_session;
mod delete_account;
mod delete_user;
mod disable_user;
mod issue_code;
mod issue_tokens;
mod log_in;
mod log_out;
mod one_time;
mod promotion;
mod redeem_code;
mod refresh;
mod retire_key;
mod revoke;
mod revoke_token;
mod rotate_keys;
mod set_password;
mod set_user;
mod sign_up;
mod start_session;

pub use crate::store::codes::CodePurpose;
pub use action_done::action_done;
pub use add_user::{AddUserError, add_user, import_users};
pub use api_tokens::{ApiTokenError, Bearer, NewApiToken, create_api_token, create_own_api_token};
pub use app_session::{OneTime, app_session_token, challenge, opens_for, start_app_session};
pub use change_email::{ChangeEmailError, change_email};
pub use change_name::change_name;
pub use change_password::{ChangePasswordError, change_password};
pub use client_credentials::client_credentials;
pub use clients::{
    ClientError, DeclaredClient, add_client, declare_clients, delete_client, rotate_client_secret, set_client,
};
pub use consent::consent;
pub use continue_as_guest::{GuestError, continue_as_guest, guest_with_tokens};
pub use create_session::{CreateSessionError, create_session};
pub use delete_account::delete_account;
pub use delete_user::delete_user;
pub use disable_user::{disable_user, enable_user};
pub use issue_code::{Granted, issue_code, use_authentication};
pub use issue_tokens::{Access, Issued, Requested};
pub(crate) use log_in::count_from_zero;
pub use log_in::{LogIn, LogInError, log_in};
pub use log_out::{KnownBy, log_out};
pub use promotion::{promoted_guest, promotion_code};
pub use redeem_code::{Redeem, RedeemError, Redeemed, redeem_code};
pub use refresh::{Refresh, RefreshError, refresh};
#[cfg(test)]
pub(crate) use retire_key::retire_at;
pub(crate) use retire_key::retire_over;
pub use retire_key::{RetireKeyError, retire_key};
pub use revoke::{Which, revoke, revoke_others, revoke_session};
pub use revoke_token::{Token, revoke_client, revoke_token};
#[cfg(test)]
pub(crate) use rotate_keys::rotate_at;
pub use rotate_keys::{RotateKeysError, prepare_keys, rotate_keys};
pub(crate) use rotate_keys::{prepare_at, rotate_if_due};
pub use set_password::{SetPasswordError, set_password};
pub use set_user::{SetUser, SetUserError, set_user};
pub use sign_up::{SignUp, SignUpError, sign_up};
pub use start_session::{Browser, ForRequest, NewSession, SignedIn};

use vestibule_gate::account::Password;
use vestibule_gate::id::UserId;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::proof::attempts;
use crate::proof::limits::{Counted, Limited};
use crate::proof::password::{HashError, Verified};
use crate::proof::strength::{self, TooWeak};
use crate::store::users::{self, UserRow};
use crate::user::{StoredHash, UserRef};

/// Why a change that needs nothing but a user was not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ChangeError {
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// It could not be made.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a signed-in person could not prove themselves again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConfirmError {
    /// Not the current password.
    #[error("the current password is not right")]
    WrongPassword,
    /// Too many attempts.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// The hashing threads are busy.
    #[error("too many passwords are being checked")]
    Busy,
    /// The account is gone.
    #[error("there is no such user")]
    NoSuchUser,
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for ConfirmError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Checks the current password of a signed-in user, within limits of their own: whoever has stolen a session must not
/// lock the owner out of signing in. Returns the hash that was compared, for the transaction to compare again.
async fn confirm(ledger: &Ledger, user: UserId, current: Option<Password>) -> Result<Option<StoredHash>, ConfirmError> {
    let settings = ledger.settings();
    let id = user.to_string();
    let counted = Counted::Confirm(id.as_bytes());
    attempts::attempt(ledger, counted, settings.limits.confirm_per_user).await??;
    let mut sql = ledger.store().read().await?;
    let row = users::find(&mut sql, &UserRef::Id(user)).await?.ok_or(ConfirmError::NoSuchUser)?;
    drop(sql);
    // A guest has no password, and nothing that a password protects.
    if row.password_hash.is_none() && row.user.anonymous {
        return Ok(None);
    }
    let Some(current) = current else { return Err(ConfirmError::WrongPassword) };
    let verified = ledger.hasher().verify(&settings.password, current, row.password_hash.clone()).await;
    // What was not looked at was no attempt.
    if !matches!(verified, Ok(Verified::Wrong)) {
        attempts::give_back(ledger, counted).await;
    }
    match verified? {
        Verified::Wrong => Err(ConfirmError::WrongPassword),
        Verified::Right | Verified::RightButOld => Ok(row.password_hash),
    }
}

/// Compares again what [`confirm`] has compared, inside the change: while the password was hashed, the operator may have
/// replaced it because a thief knows it, or a guest may have become somebody.
fn still_confirmed(row: &UserRow, confirmed: Option<&StoredHash>) -> Result<(), ConfirmError> {
    let same = row.password_hash.as_ref().map(|hash| &hash.0) == confirmed.map(|hash| &hash.0);
    if same { Ok(()) } else { Err(ConfirmError::WrongPassword) }
}

/// Requires a new password to be strong, off the async threads; `known` is what an attacker would try first.
///
/// # Errors
/// [`NewPasswordError`].
pub async fn require_strong(ledger: &Ledger, password: Password, known: Vec<String>) -> Result<(), NewPasswordError> {
    let min_score = ledger.settings().password.min_score;
    let estimate = move || {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        strength::require(&password, &known, min_score)
    };
    Ok(tokio::task::spawn_blocking(estimate).await.map_err(|_| Fault::Closed)??)
}

/// Requires a strong password, and hashes it.
async fn hash_new(ledger: &Ledger, password: Password, known: Vec<String>) -> Result<StoredHash, NewPasswordError> {
    require_strong(ledger, password.clone(), known).await?;
    Ok(ledger.hasher().hash(&ledger.settings().password, password).await?)
}

/// Why a new password was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NewPasswordError {
    /// Too easy to guess.
    #[error(transparent)]
    TooWeak(#[from] TooWeak),
    /// The hashing threads are busy.
    #[error("too many passwords are being checked; try again")]
    Busy,
    /// It could not be hashed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for NewPasswordError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Fault(fault) => Self::Fault(fault),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
