//! An application that holds a refresh token opens a page of ours for its user: it asks for an app session token, and the
//! browser exchanges that for the `app_session` cookie, which lives and ends with the token session.

use vestibule_gate::grant::ClientId;
use vestibule_gate::grant::scope::FULL_ACCESS;
use vestibule_gate::id::UserId;
use vestibule_gate::table::Forget;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::credentials::{CredentialKind, NewCredential};
use crate::store::one_time::{self, OneTimeRow, Purpose};
use crate::store::{clients, credentials, refresh_tokens, sessions};

use super::one_time::issue;

const LIFETIME: Span = Span::from_seconds(300);
/// Browsers of one session that are signed in by it.
const MOST: i64 = 5;

/// A token for one use, and when it ends.
#[derive(Debug)]
pub struct OneTime {
    /// The token.
    pub secret: Secret,
    /// Five minutes from now.
    pub expires_at: Timestamp,
}

/// Issues an app session token. `None`: no such refresh token, over, exchanged already, or without full access.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn app_session_token(ledger: &Ledger, refresh: TokenHash) -> Result<Option<OneTime>, Fault> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    let Some(row) = refresh_tokens::find(change.sql(), refresh).await? else { return Ok(None) };
    let Some(session) = sessions::find(change.sql(), row.session).await? else { return Ok(None) };
    let is_full = session.scope.split(' ').any(|scope| scope == FULL_ACCESS);
    // A client with a secret would have to show it, and this endpoint asks for none.
    let client = match &session.client {
        Some(client) => clients::find(change.sql(), client).await?,
        None => None,
    };
    let is_public = client.is_some_and(|record| record.client.kind.is_public());
    if !row.is_current(now) || !is_full || !is_public || ledger.is_over(&session, now) {
        return Ok(None);
    }
    let expires_at = now.plus(LIFETIME);
    let row = OneTimeRow {
        purpose: Purpose::AppSessionToken,
        user: Some(session.user),
        session: Some(session.id),
        bound_to: String::new(),
        amr: session.amr,
        authenticated_at: session.authenticated_at,
        expires_at,
    };
    let secret = issue(ledger, &mut change, SecretKind::OneTime, &row).await?;
    change.commit(Vec::new()).await?;
    Ok(Some(OneTime { secret, expires_at }))
}

/// Exchanges an app session token for the secret of an `app_session` cookie, and says when its session ends. `None`: no
/// such token, used, over, or its session is.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn start_app_session(ledger: &Ledger, token: TokenHash) -> Result<Option<OneTime>, Fault> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    let Some(row) = one_time::take(change.sql(), token, Purpose::AppSessionToken, now).await? else { return Ok(None) };
    let Some(id) = row.session else { return Ok(None) };
    let Some(session) = sessions::find(change.sql(), id).await? else { return Ok(None) };
    if ledger.is_over(&session, now) {
        return Ok(None);
    }
    let secret = mint::secret(SecretKind::AppSession, ledger.tag_key())?;
    credentials::keep_newest(change.sql(), session.id, CredentialKind::AppSession, MOST - 1).await?;
    let mut credential = NewCredential::of(session.id, CredentialKind::AppSession, secret.hash());
    credential.scope = session.scope;
    credentials::insert(change.sql(), &credential, now).await?;
    // Those that were taken must not be answered from memory.
    change.commit(vec![Forget::Session(session.id)]).await?;
    Ok(Some(OneTime { secret, expires_at: session.expires_at }))
}

/// Whose settings an app session token opens, and for which client, without using it up.
///
/// # Errors
/// [`Fault`] when it cannot be known.
pub async fn opens_for(ledger: &Ledger, token: TokenHash) -> Result<Option<(UserId, ClientId)>, Fault> {
    let mut sql = ledger.store().read().await?;
    let found = one_time::find(&mut sql, token, Purpose::AppSessionToken, ledger.now()).await?;
    let Some(id) = found.and_then(|row| row.session) else { return Ok(None) };
    let session = sessions::find(&mut sql, id).await?.filter(|session| !ledger.is_over(session, ledger.now()));
    Ok(session.and_then(|session| Some((session.user, session.client?))))
}

/// A challenge that nobody else knows, for a device to sign. Nothing is kept of it: nothing here verifies one yet.
///
/// # Errors
/// [`Fault`] when there is no randomness.
pub fn challenge(ledger: &Ledger) -> Result<OneTime, Fault> {
    let secret = mint::secret(SecretKind::OneTime, ledger.tag_key())?;
    Ok(OneTime { secret, expires_at: ledger.now().plus(LIFETIME) })
}
