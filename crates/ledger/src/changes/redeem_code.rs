//! A client exchanges a code for tokens (RFC 6749 section 4.1.3). A second exchange ends what the first one got, but only
//! when it would have been right otherwise: or anybody who has seen a code could sign its owner out (row S7).

use vestibule_gate::grant::scope::OFFLINE_ACCESS;
use vestibule_gate::grant::{Challenge, Client, pkce};
use vestibule_gate::table::Forget;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::{SecretKind, TokenHash};
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::codes::{self, CodePurpose, CodeRow};
use crate::store::{refresh_tokens, sessions, users};
use crate::user::{SessionInfo, User, UserRef};

use super::issue_tokens::{For, Issued, Requested, access};
use super::start_session::{Browser, cut};

/// What a client presents with a code.
#[derive(Debug)]
pub struct Redeem<'r> {
    /// Who it is; authenticated, where it has a secret.
    pub client: &'r Client,
    /// The code's hash.
    pub code: TokenHash,
    /// What the code must be for.
    pub purpose: CodePurpose,
    /// As presented.
    pub redirect_uri: Option<&'r str>,
    /// The PKCE verifier.
    pub verifier: Option<&'r str>,
    /// Where the request comes from.
    pub browser: Browser,
}

/// Why there are no tokens.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedeemError {
    /// No such code, not this client's, used, over, or presented with something else than it was asked for. Never said
    /// which.
    #[error("the code is not valid")]
    Dead,
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a code was exchanged for.
#[derive(Debug)]
pub enum Redeemed {
    /// Tokens.
    Tokens(Box<Issued>),
    /// The word that a settings page was left in order.
    SettingsAction,
}

/// Exchanges a code.
///
/// # Errors
/// [`RedeemError`].
pub async fn redeem_code(ledger: &Ledger, redeem: Redeem<'_>) -> Result<Redeemed, RedeemError> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    let code = codes::find(change.sql(), redeem.code).await?.ok_or(RedeemError::Dead)?;
    if !is_presented_right(&code, &redeem) || code.expires_at <= now {
        return Err(RedeemError::Dead);
    }
    if let Some(session) = code.redeemed {
        let ended = sessions::delete(change.sql(), session).await?;
        change.commit(vec![Forget::Session(session)]).await?;
        if ended {
            tracing::warn!(client = %redeem.client.id, user = %code.user, "a code came twice: its session was ended");
        }
        return Err(RedeemError::Dead);
    }
    let row = users::find(change.sql(), &UserRef::Id(code.user)).await?.ok_or(RedeemError::Dead)?;
    if row.user.disabled || !parent_lives(ledger, &mut change, &code, now).await? {
        return Err(RedeemError::Dead);
    }
    let session = session_of(ledger, &code, &redeem)?;
    sessions::insert(change.sql(), &session).await?;
    if !codes::redeem(change.sql(), redeem.code, session.id).await? {
        return Err(RedeemError::Dead);
    }
    if code.purpose == CodePurpose::SettingsAction {
        sessions::delete(change.sql(), session.id).await?;
        change.commit(Vec::new()).await?;
        return Ok(Redeemed::SettingsAction);
    }
    let issued = issue(ledger, &mut change, &redeem, code, session, row.user).await?;
    change.commit(Vec::new()).await?;
    Ok(Redeemed::Tokens(Box::new(issued)))
}

async fn issue(
    ledger: &Ledger,
    change: &mut Change,
    redeem: &Redeem<'_>,
    code: CodeRow,
    session: SessionInfo,
    user: User,
) -> Result<Issued, Fault> {
    let refresh = if has_offline_access(&code) {
        let refresh = mint::secret(SecretKind::Refresh, ledger.tag_key())?;
        refresh_tokens::insert(change.sql(), refresh.hash(), session.id, ledger.now()).await?;
        Some(refresh)
    } else {
        None
    };
    let for_what = For {
        session: session.id,
        session_ends: session.expires_at,
        scope: &code.scope,
        refresh: refresh.as_ref().map(|secret| secret.hash()),
        audience: None,
    };
    let access = access(ledger, change, redeem.client, for_what).await?;
    let request = Requested { nonce: code.nonce, claims: code.claims, auth_time: code.auth_time_asked };
    Ok(Issued { user, session, access, refresh, scope: code.scope, audience: None, request })
}

fn has_offline_access(code: &CodeRow) -> bool {
    code.scope.split(' ').any(|scope| scope == OFFLINE_ACCESS)
}

/// By the client that it was issued to, with the redirect URI and the verifier of the request.
fn is_presented_right(code: &CodeRow, redeem: &Redeem<'_>) -> bool {
    let same_uri = match (&code.redirect_uri, redeem.redirect_uri) {
        (Some(asked), Some(presented)) => asked == presented,
        (Some(_), None) => false,
        // The request named none, and so there is only one.
        (None, presented) => {
            presented.is_none_or(|uri| redeem.client.redirect_uris.first().is_some_and(|only| only.as_str() == uri))
        }
    };
    code.client == redeem.client.id
        && code.purpose == redeem.purpose
        && same_uri
        && fits(code.challenge.as_deref(), redeem.verifier)
}

/// A challenge that cannot be read fits nothing.
fn fits(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match challenge.map(Challenge::from_stored) {
        Some(None) => false,
        Some(Some(challenge)) => pkce::matches(Some(&challenge), verifier),
        None => pkce::matches(None, verifier),
    }
}

/// Whether the cookie session that the new one is to belong to is still there.
async fn parent_lives(ledger: &Ledger, change: &mut Change, code: &CodeRow, now: Timestamp) -> Result<bool, Fault> {
    let Some(id) = code.parent else { return Ok(true) };
    let Some(parent) = sessions::find(change.sql(), id).await? else { return Ok(false) };
    Ok(!ledger.is_over(&parent, now))
}

fn session_of(ledger: &Ledger, code: &CodeRow, redeem: &Redeem<'_>) -> Result<SessionInfo, Fault> {
    let now = ledger.now();
    let client = redeem.client;
    let lifetime = if has_offline_access(code) {
        client.refresh_token_lifetime.unwrap_or(ledger.settings().session.lifetime)
    } else {
        client.access_token_lifetime
    };
    Ok(SessionInfo {
        id: mint::session_id(now)?,
        user: code.user,
        created_at: now,
        authenticated_at: code.authenticated_at,
        last_seen_at: now,
        expires_at: now.plus(lifetime),
        amr: code.amr.clone(),
        user_agent: cut(&redeem.browser.user_agent),
        address: redeem.browser.address,
        by_cli: false,
        kind: SessionKind::Token,
        parent: code.parent,
        client: Some(client.id.clone()),
        scope: code.scope.clone(),
        label: String::new(),
        claims: code.claims.clone(),
    })
}
