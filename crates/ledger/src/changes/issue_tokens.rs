//! Access and refresh tokens of a session, in an open change: what every grant that issues them has in common.

use vestibule_gate::grant::{Client, Scopes};
use vestibule_gate::id::SessionId;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::credentials::{self, CredentialKind, NewCredential};
use crate::store::{refresh_tokens, sessions};
use crate::user::{SessionInfo, User};

use super::start_session::{Browser, cut};

/// Tokens, in the clear: nobody keeps them.
#[derive(Debug)]
pub struct Issued {
    /// Whom they speak for.
    pub user: User,
    /// The session behind them.
    pub session: SessionInfo,
    /// The access token.
    pub access: Access,
    /// The refresh token, where one was issued or goes on.
    pub refresh: Option<Secret>,
    /// What the access token is good for, separated by one space.
    pub scope: String,
    /// Whom the access token is for; `None` for us.
    pub audience: Option<String>,
    /// For the ID token, from the authorization request.
    pub request: Requested,
}

/// What an authorization request asked to find in the ID token and at userinfo.
#[derive(Debug, Clone, Default)]
pub struct Requested {
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// The `claims` parameter (OpenID Connect Core section 5.5).
    pub claims: Option<String>,
    /// Whether the time of the authentication must be there.
    pub auth_time: bool,
}

/// An access token.
#[derive(Debug)]
pub struct Access {
    /// The token itself, or the `jti` of the JWT that is to be made around it.
    pub secret: Secret,
    /// Whether it is only the `jti`.
    pub is_jwt: bool,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends, if its session does not end before.
    pub expires_at: Timestamp,
}

/// The session and the scope that a new access token is for.
pub(super) struct For<'s> {
    pub(super) session: SessionId,
    pub(super) session_ends: Timestamp,
    pub(super) scope: &'s str,
    /// The refresh token that comes with it.
    pub(super) refresh: Option<TokenHash>,
    /// `None`: ours.
    pub(super) audience: Option<String>,
}

/// Issues an access token of the client's kind.
pub(super) async fn access(
    ledger: &Ledger,
    change: &mut Change,
    client: &Client,
    for_what: For<'_>,
) -> Result<Access, Fault> {
    let kind = if client.jwt_access_tokens { SecretKind::JwtId } else { SecretKind::Access };
    let secret = mint::secret(kind, ledger.tag_key())?;
    store(ledger, change, client, for_what, secret).await
}

/// Stores an access token whose secret is given: a client that asks twice is given the same one.
pub(super) async fn store(
    ledger: &Ledger,
    change: &mut Change,
    client: &Client,
    for_what: For<'_>,
    secret: Secret,
) -> Result<Access, Fault> {
    let now = ledger.now();
    let expires_at = now.plus(client.access_token_lifetime).min(for_what.session_ends);
    let credential = NewCredential {
        hash: secret.hash(),
        session: for_what.session,
        kind: CredentialKind::Access,
        scope: for_what.scope.to_owned(),
        audience: for_what.audience,
        expires_at: Some(expires_at),
        refresh: for_what.refresh,
    };
    let is_new = credentials::insert(change.sql(), &credential, now).await?;
    let stored = if is_new { None } else { credentials::end_of(change.sql(), credential.hash).await? };
    let expires_at = stored.unwrap_or(expires_at);
    Ok(Access { secret, is_jwt: client.jwt_access_tokens, issued_at: now, expires_at })
}

/// A token session of somebody who has just come, with a refresh and an access token.
pub(super) async fn token_session(
    ledger: &Ledger,
    change: &mut Change,
    client: &Client,
    user: User,
    scopes: &Scopes,
    browser: &Browser,
) -> Result<Issued, Fault> {
    let now = ledger.now();
    let scope = scopes.as_text();
    let session = SessionInfo {
        id: mint::session_id(now)?,
        user: user.id,
        created_at: now,
        authenticated_at: now,
        last_seen_at: now,
        expires_at: now.plus(client.refresh_token_lifetime.unwrap_or(ledger.settings().session.lifetime)),
        amr: Vec::new(),
        user_agent: cut(&browser.user_agent),
        address: browser.address,
        by_cli: false,
        kind: SessionKind::Token,
        parent: None,
        client: Some(client.id.clone()),
        scope: scope.clone(),
        label: String::new(),
        claims: None,
    };
    sessions::insert(change.sql(), &session).await?;
    let refresh = mint::secret(SecretKind::Refresh, ledger.tag_key())?;
    refresh_tokens::insert(change.sql(), refresh.hash(), session.id, now).await?;
    let for_what = For {
        session: session.id,
        session_ends: session.expires_at,
        scope: &scope,
        refresh: Some(refresh.hash()),
        audience: None,
    };
    let access = access(ledger, change, client, for_what).await?;
    let request = Requested::default();
    Ok(Issued { user, session, access, refresh: Some(refresh), scope, audience: None, request })
}
