//! Opening an account. A guest who does becomes a full user under the same id, and **every** session of that id ends:
//! whoever planted a guest session in somebody's browser would own the new account otherwise.

use vestibule_gate::account::{DisplayName, EmailAddress, Password, Profile, Roles};
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::proof::attempts;
use crate::proof::device::Device;
use crate::proof::limits::{Counted, Limited, Network};
use crate::proof::strength::TooWeak;
use crate::store::sessions;
use crate::store::users::{self, UserRow};
use crate::user::{StoredHash, User, UserRef};

use super::start_session::{Browser, SignedIn, start};
use super::{NewPasswordError, hash_new};

/// An attempt to open an account.
#[derive(Debug)]
pub struct SignUp {
    /// The login name.
    pub email: EmailAddress,
    /// The name; may be empty.
    pub name: DisplayName,
    /// The new password.
    pub password: Password,
    /// The guest who becomes this user; `None` starts fresh.
    pub guest: Option<UserId>,
    /// Where it comes from.
    pub browser: Browser,
}

/// Why no account was opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignUpError {
    /// `[signup] enabled` is off.
    #[error("accounts are made by the operator here")]
    Closed,
    /// Somebody has this address.
    #[error("there is an account with this e-mail address")]
    Taken,
    /// Too easy to guess.
    #[error(transparent)]
    TooWeak(TooWeak),
    /// Too many attempts.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// The hashing threads are busy.
    #[error("too many passwords are being checked")]
    Busy,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<NewPasswordError> for SignUpError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::TooWeak(weak) => Self::TooWeak(weak),
            NewPasswordError::Busy => Self::Busy,
            NewPasswordError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Opens an account and signs its owner in.
///
/// # Errors
/// [`SignUpError`].
pub async fn sign_up(ledger: &Ledger, attempt: SignUp) -> Result<SignedIn, SignUpError> {
    let settings = ledger.settings();
    if !settings.signup {
        return Err(SignUpError::Closed);
    }
    let address = Counted::SignUp(Network::of(attempt.browser.address));
    attempts::attempt(ledger, address, settings.limits.sign_up_per_address).await??;
    let known = vec![attempt.email.shown().to_owned(), attempt.name.as_str().to_owned()];
    let hash = hash_new(ledger, attempt.password.clone(), known).await?;
    let mut change = Change::begin(ledger).await?;
    let by_email = UserRef::Email(attempt.email.clone());
    if users::find(change.sql(), &by_email).await?.is_some() {
        return Err(SignUpError::Taken);
    }
    let (user, mut forget) = own(ledger, &mut change, &attempt, hash).await?;
    let (mut signed_in, ended) = start(ledger, &mut change, user, vec!["pwd"], &attempt.browser).await?;
    forget.extend(ended);
    change.commit(forget).await?;
    let device = Device::mint()?;
    signed_in.device = Some(device.cookie(signed_in.user, ledger.tag_key()));
    Ok(signed_in)
}

/// Writes the account: the guest's, with all of the guest's sessions ended, or a new one.
async fn own(
    ledger: &Ledger,
    change: &mut Change,
    attempt: &SignUp,
    hash: StoredHash,
) -> Result<(UserId, Vec<Forget>), Fault> {
    if let Some(id) = attempt.guest
        && let Some(mut row) = users::find(change.sql(), &UserRef::Id(id)).await?
        && row.user.anonymous
        && !row.user.disabled
    {
        row.user.email = Some(attempt.email.clone());
        row.user.name = attempt.name.clone();
        row.user.anonymous = false;
        row.password_hash = Some(hash);
        users::update(change.sql(), &row, ledger.now()).await?;
        sessions::delete_of(change.sql(), id, None).await?;
        return Ok((id, vec![Forget::User(id)]));
    }
    let now = ledger.now();
    let user = User {
        id: mint::user_id(now)?,
        email: Some(attempt.email.clone()),
        name: attempt.name.clone(),
        roles: Roles::default(),
        verified: false,
        disabled: false,
        anonymous: false,
        has_password: true,
        service: false,
        profile: Profile::default(),
        updated_at: None,
        created_at: now,
        last_seen_at: Some(now),
    };
    let id = user.id;
    users::insert(change.sql(), &UserRow { user, password_hash: Some(hash) }).await?;
    Ok((id, Vec::new()))
}
