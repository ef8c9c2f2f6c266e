//! The operator makes a session for a user: impersonation, and marked as such (no methods, never authenticated).

use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::Secret;
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::credentials::{CredentialKind, NewCredential};
use crate::store::{credentials, sessions, users};
use crate::user::{SessionInfo, UserRef};

/// Why there is no session.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CreateSessionError {
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The user is disabled.
    #[error("the user is disabled; `vestibule user enable` lets them sign in again")]
    Disabled,
    /// Nobody sits in front of a browser as a service.
    #[error("this is a service and has no browser; `vestibule token create` makes a token for it")]
    Service,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes a session and returns its secret, which nobody keeps.
///
/// # Errors
/// [`CreateSessionError`].
pub async fn create_session(ledger: &Ledger, who: &UserRef) -> Result<Secret, CreateSessionError> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    let row = users::find(change.sql(), who).await?.ok_or(CreateSessionError::NoSuchUser)?;
    if row.user.disabled {
        return Err(CreateSessionError::Disabled);
    }
    if row.user.service {
        return Err(CreateSessionError::Service);
    }
    let session = SessionInfo {
        id: mint::session_id(now)?,
        user: row.user.id,
        created_at: now,
        authenticated_at: Timestamp::NEVER,
        last_seen_at: now,
        expires_at: now.plus(ledger.settings().session.lifetime),
        amr: Vec::new(),
        user_agent: String::new(),
        address: None,
        by_cli: true,
        kind: SessionKind::Cookie,
        parent: None,
        client: None,
        scope: String::new(),
        label: String::new(),
        claims: None,
    };
    sessions::insert(change.sql(), &session).await?;
    let secret = mint::session_secret(ledger.tag_key())?;
    let credential = NewCredential::of(session.id, CredentialKind::Session, secret.hash());
    credentials::insert(change.sql(), &credential, now).await?;
    change.commit(Vec::new()).await?;
    tracing::warn!(user = %session.user, session = %session.id, "a session was made by the operator: impersonation");
    Ok(secret)
}
