//! API tokens, for machines and scripts: a session of their own kind, shown once, revoked like any other.

use vestibule_gate::account::{DisplayName, Password};
use vestibule_gate::grant::Scopes;
use vestibule_gate::id::UserId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, SecretKind};
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::credentials::{self, CredentialKind, NewCredential};
use crate::store::{sessions, users};
use crate::user::{SessionInfo, UserRef};

use super::clients::add_service;
use super::{ConfirmError, confirm, still_confirmed};

/// Tokens of one user or service: more are a loop that has gone wrong.
const MOST: usize = 100;

/// Whom a token speaks for.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// A person.
    User(UserRef),
    /// A service of this name, which is added when there is none.
    Service(String),
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// Whom it speaks for.
    pub bearer: Bearer,
    /// What its owner calls it; may be empty.
    pub label: String,
    /// Without scopes it speaks for its user as a whole; with them it counts only where one is asked for.
    pub scopes: Option<Scopes>,
    /// How long it lives; `None`: as long as a session may, used or not.
    pub lifetime: Option<Span>,
    /// Made by the operator's command.
    pub by_cli: bool,
}

/// Why there is no token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiTokenError {
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The user is disabled.
    #[error("the user is disabled")]
    Disabled,
    /// The name of a service is a short text.
    #[error("a service's name has 1 to 100 characters and no control characters")]
    Name,
    /// The current password was not confirmed.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// There are too many already.
    #[error("there are {MOST} tokens already; revoke some first")]
    TooMany,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes a token, and returns its secret, which nobody keeps, with the session that revokes it.
///
/// # Errors
/// [`ApiTokenError`].
pub async fn create_api_token(ledger: &Ledger, new: NewApiToken) -> Result<(Secret, SessionInfo), ApiTokenError> {
    let mut change = Change::begin(ledger).await?;
    let user = bearer(ledger, &mut change, &new.bearer).await?;
    make(ledger, change, user, new).await
}

/// A person makes a token for themselves, with their current password: whoever has stolen a session must not make of it
/// something that outlives it.
///
/// # Errors
/// [`ApiTokenError`].
pub async fn create_own_api_token(
    ledger: &Ledger,
    user: UserId,
    current: Option<Password>,
    label: DisplayName,
    lifetime: Span,
) -> Result<(Secret, SessionInfo), ApiTokenError> {
    let confirmed = confirm(ledger, user, current).await?;
    let mut change = Change::begin(ledger).await?;
    let row = users::find(change.sql(), &UserRef::Id(user)).await?.ok_or(ApiTokenError::NoSuchUser)?;
    still_confirmed(&row, confirmed.as_ref())?;
    if row.user.anonymous {
        // A guest has nothing that proves who they are.
        return Err(ConfirmError::WrongPassword.into());
    }
    if row.user.disabled {
        return Err(ApiTokenError::Disabled);
    }
    let new = NewApiToken {
        bearer: Bearer::User(UserRef::Id(user)),
        label: label.as_str().to_owned(),
        scopes: None,
        lifetime: Some(lifetime),
        by_cli: false,
    };
    make(ledger, change, user, new).await
}

async fn make(
    ledger: &Ledger,
    mut change: Change,
    user: UserId,
    new: NewApiToken,
) -> Result<(Secret, SessionInfo), ApiTokenError> {
    let now = ledger.now();
    let others = sessions::list(change.sql(), user).await?;
    if others.iter().filter(|session| session.kind == SessionKind::Api).count() >= MOST {
        return Err(ApiTokenError::TooMany);
    }
    let scope = new.scopes.as_ref().map(Scopes::as_text).unwrap_or_default();
    let session = SessionInfo {
        id: mint::session_id(now)?,
        user,
        created_at: now,
        authenticated_at: Timestamp::NEVER,
        last_seen_at: now,
        expires_at: now.plus(new.lifetime.unwrap_or(ledger.settings().session.lifetime)),
        amr: vec!["x_api_token"],
        user_agent: String::new(),
        address: None,
        by_cli: new.by_cli,
        kind: SessionKind::Api,
        parent: None,
        client: None,
        scope: scope.clone(),
        label: new.label,
        claims: None,
    };
    sessions::insert(change.sql(), &session).await?;
    let secret = mint::secret(SecretKind::Api, ledger.tag_key())?;
    let mut credential = NewCredential::of(session.id, CredentialKind::Api, secret.hash());
    credential.scope = scope;
    credentials::insert(change.sql(), &credential, now).await?;
    change.commit(Vec::new()).await?;
    tracing::info!(user = %user, session = %session.id, "an API token was made");
    Ok((secret, session))
}

async fn bearer(ledger: &Ledger, change: &mut Change, bearer: &Bearer) -> Result<UserId, ApiTokenError> {
    let user = match bearer {
        Bearer::User(who) => users::find(change.sql(), who).await?.ok_or(ApiTokenError::NoSuchUser)?.user,
        Bearer::Service(name) => match users::service(change.sql(), name).await? {
            Some(row) => row.user,
            None if !is_name(name) => return Err(ApiTokenError::Name),
            None => return Ok(add_service(ledger, change, name).await?),
        },
    };
    if user.disabled { Err(ApiTokenError::Disabled) } else { Ok(user.id) }
}

fn is_name(text: &str) -> bool {
    DisplayName::parse(text).is_ok_and(|name| !name.as_str().is_empty())
}
