//! What stands behind an authorization request: who has signed in for it, and what they have allowed before.

use vestibule_gate::grant::{ClientId, Scopes};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::changes::KnownBy;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store;
use crate::store::one_time::Purpose;
use crate::user::SessionInfo;

/// A sign-in that was made for one authorization request.
#[derive(Debug, Clone)]
pub struct Authentication {
    /// Who.
    pub user: UserId,
    /// How.
    pub amr: Vec<&'static str>,
    /// When.
    pub authenticated_at: Timestamp,
    /// The browser's session that began with it, with single sign-on.
    pub session: Option<SessionId>,
}

/// The sign-in behind this secret, if it was made for the request with this hash and not used up.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn authentication(
    ledger: &Ledger,
    secret: TokenHash,
    request: TokenHash,
) -> Result<Option<Authentication>, Fault> {
    let mut sql = ledger.store().read().await?;
    let found = store::one_time::find(&mut sql, secret, Purpose::Authentication, ledger.now()).await?;
    let bound = found.filter(|row| row.bound_to == request.to_text());
    Ok(bound.and_then(|row| {
        Some(Authentication {
            user: row.user?,
            amr: row.amr,
            authenticated_at: row.authenticated_at,
            session: row.session,
        })
    }))
}

/// Whether there is anything behind what a browser is known by, that signing out would end.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn is_known(ledger: &Ledger, known_by: &KnownBy) -> Result<bool, Fault> {
    let mut sql = ledger.store().read().await?;
    for hash in known_by.sessions.iter().chain(&known_by.app_session) {
        if store::credentials::session_of(&mut sql, *hash).await?.is_some() {
            return Ok(true);
        }
    }
    for hash in &known_by.authentications {
        if store::one_time::find(&mut sql, *hash, Purpose::Authentication, ledger.now()).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a person has allowed a client all of these scopes before.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn has_consented(ledger: &Ledger, user: UserId, client: &ClientId, scopes: &Scopes) -> Result<bool, Fault> {
    let mut sql = ledger.store().read().await?;
    let allowed = store::consents::find(&mut sql, user, client).await?;
    Ok(allowed.and_then(|allowed| Scopes::parse(&allowed).ok()).is_some_and(|allowed| scopes.is_subset_of(&allowed)))
}

/// What a person has allowed whom, the newest first: client, scopes, since when.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn consents(ledger: &Ledger, user: UserId) -> Result<Vec<(ClientId, String, Timestamp)>, Fault> {
    let mut sql = ledger.store().read().await?;
    store::consents::list(&mut sql, user).await
}

/// One session, if it is alive: what an ID token or a userinfo answer says of it.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn session(ledger: &Ledger, id: SessionId) -> Result<Option<SessionInfo>, Fault> {
    let mut sql = ledger.store().read().await?;
    let found = store::sessions::find(&mut sql, id).await?;
    Ok(found.filter(|session| !ledger.is_over(session, ledger.now())))
}

/// The session behind a refresh token, with its hash's kind of question: is the token alive, and whose is it?
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn refresh_session(ledger: &Ledger, token: TokenHash) -> Result<Option<SessionInfo>, Fault> {
    let mut sql = ledger.store().read().await?;
    let Some(row) = store::refresh_tokens::find(&mut sql, token).await? else { return Ok(None) };
    if !row.is_current(ledger.now()) {
        return Ok(None);
    }
    let found = store::sessions::find(&mut sql, row.session).await?;
    Ok(found.filter(|session| !ledger.is_over(session, ledger.now())))
}
