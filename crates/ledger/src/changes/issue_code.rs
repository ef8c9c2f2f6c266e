//! A person grants a client's request: an authorization code (RFC 6749 section 4.1.2), good for one use and five minutes.

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::codes::{self, CodePurpose, CodeRow};
use crate::store::one_time::{self, Purpose};

const LIFETIME: Span = Span::from_seconds(300);
/// Unused codes of one person. Nobody signs in to as many applications in five minutes.
const MOST_PER_USER: i64 = 50;

/// What was granted, and who proved it.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The client.
    pub client: ClientId,
    /// The user.
    pub user: UserId,
    /// The cookie session, with single sign-on: the client's session will belong to it.
    pub parent: Option<SessionId>,
    /// What the code can be exchanged for.
    pub purpose: CodePurpose,
    /// The redirect URI as the request named it; `None` when it named none.
    pub redirect_uri: Option<String>,
    /// The scopes, separated by one space.
    pub scope: String,
    /// The PKCE challenge (S256).
    pub challenge: Option<String>,
    /// To be put into the ID token.
    pub nonce: Option<String>,
    /// The `claims` parameter, as asked.
    pub claims: Option<String>,
    /// Whether the ID token has to say when the person authenticated.
    pub auth_time_asked: bool,
    /// How the person authenticated.
    pub amr: Vec<&'static str>,
    /// When.
    pub authenticated_at: Timestamp,
    /// The sign-in that was made for this request, to be used up.
    pub authentication: Option<TokenHash>,
}

/// Issues a code. `None` when the sign-in that was made for the request has been used up meanwhile.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn issue_code(ledger: &Ledger, granted: Granted) -> Result<Option<Secret>, Fault> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    if let Some(authentication) = granted.authentication
        && one_time::take(change.sql(), authentication, Purpose::Authentication, now).await?.is_none()
    {
        return Ok(None);
    }
    codes::keep_newest(change.sql(), granted.user, MOST_PER_USER - 1).await?;
    let secret = mint::secret(SecretKind::Code, ledger.tag_key())?;
    let row = CodeRow {
        client: granted.client,
        user: granted.user,
        parent: granted.parent,
        purpose: granted.purpose,
        redirect_uri: granted.redirect_uri,
        scope: granted.scope,
        challenge: granted.challenge,
        nonce: granted.nonce,
        claims: granted.claims,
        auth_time_asked: granted.auth_time_asked,
        amr: granted.amr,
        authenticated_at: granted.authenticated_at,
        created_at: now,
        expires_at: now.plus(LIFETIME),
        redeemed: None,
    };
    codes::insert(change.sql(), secret.hash(), &row).await?;
    change.commit(Vec::new()).await?;
    Ok(Some(secret))
}

/// Uses up a sign-in that was made for a request which needs no code. `false` when it was used up already.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn use_authentication(ledger: &Ledger, authentication: TokenHash) -> Result<bool, Fault> {
    let mut change = Change::begin(ledger).await?;
    let found = one_time::take(change.sql(), authentication, Purpose::Authentication, ledger.now()).await?;
    change.commit(Vec::new()).await?;
    Ok(found.is_some())
}
