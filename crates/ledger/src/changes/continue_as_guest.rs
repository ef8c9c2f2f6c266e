//! A guest: a new user without a name or a proof, and a real session.

use vestibule_gate::account::{DisplayName, Profile, Roles};
use vestibule_gate::grant::{Client, Scopes};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::proof::attempts;
use crate::proof::limits::{Counted, Limited, Network};
use crate::store::users::{self, UserRow};
use crate::user::User;

use super::issue_tokens::{Issued, token_session};
use super::start_session::{Browser, SignedIn, start};

/// Why there is no guest.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GuestError {
    /// `[anonymous] enabled` is off.
    #[error("there are no guests here")]
    Closed,
    /// Too many guests from one address.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes a guest and begins their session.
///
/// # Errors
/// [`GuestError`].
pub async fn continue_as_guest(ledger: &Ledger, browser: Browser) -> Result<SignedIn, GuestError> {
    let user = admit(ledger, &browser).await?;
    let id = user.id;
    let mut change = Change::begin(ledger).await?;
    users::insert(change.sql(), &UserRow { user, password_hash: None }).await?;
    let (signed_in, forget) = start(ledger, &mut change, id, Vec::new(), &browser).await?;
    change.commit(forget).await?;
    Ok(signed_in)
}

/// Makes a guest for an application that keeps tokens, with the scopes that it may have.
///
/// # Errors
/// [`GuestError`].
pub async fn guest_with_tokens(
    ledger: &Ledger,
    client: &Client,
    scopes: &Scopes,
    browser: &Browser,
) -> Result<Issued, GuestError> {
    let user = admit(ledger, browser).await?;
    let mut change = Change::begin(ledger).await?;
    users::insert(change.sql(), &UserRow { user: user.clone(), password_hash: None }).await?;
    let issued = token_session(ledger, &mut change, client, user, scopes, browser).await?;
    change.commit(Vec::new()).await?;
    Ok(issued)
}

/// A new guest, if there may be one more.
async fn admit(ledger: &Ledger, browser: &Browser) -> Result<User, GuestError> {
    let settings = ledger.settings();
    if !settings.anonymous.enabled {
        return Err(GuestError::Closed);
    }
    let counted = Counted::Guest(Network::of(browser.address));
    attempts::attempt(ledger, counted, settings.limits.guest_per_address).await??;
    let now = ledger.now();
    Ok(User {
        id: mint::user_id(now)?,
        email: None,
        name: DisplayName::default(),
        roles: Roles::default(),
        verified: false,
        disabled: false,
        anonymous: true,
        has_password: false,
        service: false,
        profile: Profile::default(),
        updated_at: None,
        created_at: now,
        last_seen_at: Some(now),
    })
}
