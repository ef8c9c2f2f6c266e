//! Signing in by password. The address's limit first, then the user, whose browsers are known, then the limit of the
//! account or of the browser, then the hash, *or a dummy's*: a stranger learns nothing from status, body or time about
//! who has an account.

use vestibule_gate::account::{EmailAddress, Password};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::proof::attempts;
use crate::proof::device::Device;
use crate::proof::limits::{Counted, Limited, Network};
use crate::proof::password::{HashError, Verified};
use crate::store::users::{self, UserRow};
use crate::user::{StoredHash, UserRef};

use super::start_session::{Browser, SignedIn, start};

/// An attempt to sign in.
#[derive(Debug)]
pub struct LogIn {
    /// The login name.
    pub email: EmailAddress,
    /// The password as typed (`Password::attempt`).
    pub password: Password,
    /// Where it comes from.
    pub browser: Browser,
}

/// Why nobody was signed in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogInError {
    /// No such account, or not its password: never said which.
    #[error("e-mail or password is not right")]
    Wrong,
    /// The password was right and the account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// Too many attempts.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// The hashing threads are busy.
    #[error("too many passwords are being checked")]
    Busy,
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for LogInError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Signs a person in: a new session, or the present one renewed when they were signed in already.
///
/// # Errors
/// [`LogInError`].
pub async fn log_in(ledger: &Ledger, attempt: LogIn) -> Result<SignedIn, LogInError> {
    let outcome = try_log_in(ledger, attempt).await;
    let index = match &outcome {
        Ok(_) => 0,
        Err(LogInError::Wrong) => 1,
        Err(LogInError::Disabled) => 2,
        Err(LogInError::Limited(_)) => 3,
        Err(LogInError::Busy) => 4,
        Err(LogInError::Fault(_)) => 5,
    };
    count(OUTCOMES[index], 1);
    outcome
}

/// How attempts come out, for the metrics.
const OUTCOMES: [&str; 6] = ["right", "wrong", "disabled", "limited", "busy", "fault"];

/// Shows every outcome from the start: a number that is not there yet cannot be seen to rise.
pub(crate) fn count_from_zero() {
    OUTCOMES.into_iter().for_each(|outcome| count(outcome, 0));
}

fn count(outcome: &'static str, more: u64) {
    metrics::counter!("vestibule_sign_ins_total", "outcome" => outcome).increment(more);
}

async fn try_log_in(ledger: &Ledger, attempt: LogIn) -> Result<SignedIn, LogInError> {
    let LogIn { email, password, browser } = attempt;
    let settings = ledger.settings();
    let address = Counted::Address(Network::of(browser.address));
    // The address first: once it is limited, what it sends is not kept, or it could name accounts that do not exist until
    // older attempts, and its own, are forgotten.
    attempts::attempt(ledger, address, settings.limits.sign_in_per_address).await??;
    let found = match find(ledger, &email).await {
        Ok(found) => found,
        Err(fault) => {
            attempts::give_back(ledger, address).await;
            return Err(fault.into());
        }
    };
    let known = found.as_ref().zip(browser.device.as_deref());
    let device = known.and_then(|(row, cookie)| Device::read(cookie, row.user.id, ledger.tag_key()));
    let (account, account_rate) = match &device {
        Some(device) => (Counted::Device(email.key(), device.id()), settings.limits.sign_in_per_device),
        None => (Counted::Account(email.key()), settings.limits.sign_in_per_account),
    };
    if let Err(limited) = attempts::attempt(ledger, account, account_rate).await? {
        attempts::give_back(ledger, address).await;
        return Err(limited.into());
    }

    let checked = check(ledger, found, password.clone()).await;
    // What was not looked at was no attempt.
    if !matches!(checked, Err(LogInError::Wrong)) {
        attempts::give_back(ledger, account).await;
        attempts::give_back(ledger, address).await;
    }
    let (row, stored, verified) = checked?;
    if row.user.disabled {
        return Err(LogInError::Disabled);
    }
    let rehashed = match verified {
        Verified::RightButOld => Some(ledger.hasher().hash(&settings.password, password).await?),
        Verified::Right | Verified::Wrong => None,
    };
    let mut signed_in = begin(ledger, &UserRef::Id(row.user.id), &stored, rehashed, &browser).await?;
    let device = device.map_or_else(Device::mint, Ok)?;
    signed_in.device = Some(device.cookie(row.user.id, ledger.tag_key()));
    Ok(signed_in)
}

async fn find(ledger: &Ledger, email: &EmailAddress) -> Result<Option<UserRow>, Fault> {
    let mut sql = ledger.store().read().await?;
    users::find(&mut sql, &UserRef::Email(email.clone())).await
}

/// The account, its hash, and how they fit the password: [`LogInError::Wrong`] when there is none, or they do not.
async fn check(
    ledger: &Ledger,
    found: Option<UserRow>,
    password: Password,
) -> Result<(UserRow, StoredHash, Verified), LogInError> {
    let stored = found.as_ref().and_then(|row| row.password_hash.clone());
    let verified = ledger.hasher().verify(&ledger.settings().password, password, stored.clone()).await?;
    match (found, stored, verified) {
        (_, _, Verified::Wrong) | (None, _, _) | (_, None, _) => Err(LogInError::Wrong),
        (Some(row), Some(stored), right) => Ok((row, stored, right)),
    }
}

/// The change itself. Between the hash and here the user may have been disabled, deleted or given a new password.
async fn begin(
    ledger: &Ledger,
    who: &UserRef,
    verified: &StoredHash,
    rehashed: Option<StoredHash>,
    browser: &Browser,
) -> Result<SignedIn, LogInError> {
    let mut change = Change::begin(ledger).await?;
    let mut row = users::find(change.sql(), who).await?.ok_or(LogInError::Wrong)?;
    if row.password_hash.as_ref().is_none_or(|hash| hash.0 != verified.0) {
        return Err(LogInError::Wrong);
    }
    if row.user.disabled {
        return Err(LogInError::Disabled);
    }
    if rehashed.is_some() {
        row.password_hash = rehashed;
        users::update(change.sql(), &row, ledger.now()).await?;
    }
    let (signed_in, forget) = start(ledger, &mut change, row.user.id, vec!["pwd"], browser).await?;
    change.commit(forget).await?;
    Ok(signed_in)
}
