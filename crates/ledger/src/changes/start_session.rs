//! Begins a session in an open change: what signing in, signing up and continuing as a guest have in common.

use std::net::IpAddr;

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::Forget;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::credentials::{CredentialKind, NewCredential};
use crate::store::one_time::{OneTimeRow, Purpose};
use crate::store::{credentials, sessions, users};

use super::one_time;
use crate::user::SessionInfo;

/// The longest user agent that is kept, in bytes.
const MAX_USER_AGENT: usize = 256;

/// The browser that a session begins in.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// The client's address, if it is known.
    pub address: Option<IpAddr>,
    /// The User-Agent header; may be empty.
    pub user_agent: String,
    /// The session secrets in its cookies (`Claims::session_hashes`): a sign-in ends the sessions that they name.
    pub sessions: Vec<TokenHash>,
    /// The session that its `session` cookie named when the request began.
    pub was: Option<SessionId>,
    /// The `device` cookie, unread.
    pub device: Option<String>,
    /// The authorization request that sent the person here, if one did.
    pub request: Option<ForRequest>,
}

/// An authorization request (RFC 6749 section 4.1.1) that a person signs in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForRequest {
    /// A hash of all its parameters: the sign-in counts for no other.
    pub bound_to: TokenHash,
    /// Whether the browser is to be signed in here, too: single sign-on.
    pub keeps_session: bool,
}

/// A person has proven who they are.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: UserId,
    /// The browser's session, unless the sign-in is for a request without single sign-on.
    pub session: Option<NewSession>,
    /// What the request that it was for presents, once.
    pub authentication: Option<Secret>,
    /// The `device` cookie's new value, where the user proved themselves by a password.
    pub device: Option<String>,
}

/// A session has begun.
#[derive(Debug)]
pub struct NewSession {
    /// The session.
    pub id: SessionId,
    /// Its secret, for the cookie. Nobody keeps it.
    pub secret: Secret,
    /// The absolute limit.
    pub expires_at: Timestamp,
}

/// How long a sign-in waits for the request that it was made for.
pub(crate) const AUTHENTICATION_LIFETIME: Span = Span::from_seconds(600);

/// Begins what a sign-in is for: a session in the browser, an answer to an authorization request, or both. Then the answer
/// belongs to the session and ends with it.
pub(super) async fn start(
    ledger: &Ledger,
    change: &mut Change,
    user: UserId,
    amr: Vec<&'static str>,
    browser: &Browser,
) -> Result<(SignedIn, Vec<Forget>), Fault> {
    users::seen(change.sql(), user, ledger.now()).await?;
    let Some(request) = &browser.request else {
        let (session, forget) = session(ledger, change, user, amr, browser).await?;
        return Ok((SignedIn { user, session: Some(session), authentication: None, device: None }, forget));
    };
    let (session, forget) = if request.keeps_session {
        let (session, forget) = session(ledger, change, user, amr.clone(), browser).await?;
        (Some(session), forget)
    } else {
        (None, Vec::new())
    };
    let proof = Proof { user, amr, session: session.as_ref().map(|session| session.id), bound_to: request.bound_to };
    let authentication = Some(authentication(ledger, change, proof).await?);
    Ok((SignedIn { user, session, authentication, device: None }, forget))
}

/// What a person did for an authorization request.
pub(super) struct Proof {
    pub(super) user: UserId,
    pub(super) amr: Vec<&'static str>,
    /// The browser's session that it belongs to, and ends with.
    pub(super) session: Option<SessionId>,
    pub(super) bound_to: TokenHash,
}

/// Makes what the request presents of it.
pub(super) async fn authentication(ledger: &Ledger, change: &mut Change, proof: Proof) -> Result<Secret, Fault> {
    let row = OneTimeRow {
        purpose: Purpose::Authentication,
        user: Some(proof.user),
        session: proof.session,
        bound_to: proof.bound_to.to_text(),
        amr: proof.amr,
        authenticated_at: ledger.now(),
        expires_at: ledger.now().plus(AUTHENTICATION_LIFETIME),
    };
    one_time::issue(ledger, change, SecretKind::Authentication, &row).await
}

/// Begins a session with a new secret (no fixation), and ends those that the browser's cookies name. When one of them
/// is the same user's, that session goes on under the new secret, and so does its group. Two tabs that renew it at once
/// both do so: the one that comes second leaves the first one's secret, for the browser keeps whichever answer comes last.
async fn session(
    ledger: &Ledger,
    change: &mut Change,
    user: UserId,
    amr: Vec<&'static str>,
    browser: &Browser,
) -> Result<(NewSession, Vec<Forget>), Fault> {
    let now = ledger.now();
    let mut forget = Vec::new();
    let mut kept = None;
    for hash in &browser.sessions {
        let Some(id) = credentials::session_of(change.sql(), *hash).await? else { continue };
        forget.push(Forget::Session(id));
        if kept.is_none() && goes_on(ledger, change, id, user).await? {
            kept = Some(id);
        } else if kept != Some(id) {
            forget.extend(sessions::end(change.sql(), id).await?.into_iter().map(Forget::Session));
        }
    }
    let overtaken = match browser.was {
        Some(id) if kept.is_none() && goes_on(ledger, change, id, user).await? => Some(id),
        Some(_) | None => None,
    };
    let session = SessionInfo {
        id: match kept.or(overtaken) {
            Some(id) => id,
            None => mint::session_id(now)?,
        },
        user,
        created_at: now,
        authenticated_at: now,
        last_seen_at: now,
        expires_at: now.plus(ledger.settings().session.lifetime),
        amr,
        user_agent: cut(&browser.user_agent),
        address: browser.address,
        by_cli: false,
        kind: SessionKind::Cookie,
        parent: None,
        client: None,
        scope: String::new(),
        label: String::new(),
        claims: None,
    };
    if kept.or(overtaken).is_some() {
        sessions::reauthenticated(change.sql(), &session).await?;
        if overtaken.is_none() {
            credentials::delete_of(change.sql(), session.id).await?;
        }
        // What is in memory of the group ends when the session would have.
        forget.extend(sessions::group(change.sql(), session.id).await?.into_iter().map(Forget::Session));
    } else {
        sessions::insert(change.sql(), &session).await?;
    }
    let secret = mint::session_secret(ledger.tag_key())?;
    let credential = NewCredential::of(session.id, CredentialKind::Session, secret.hash());
    credentials::insert(change.sql(), &credential, now).await?;
    Ok((NewSession { id: session.id, secret, expires_at: session.expires_at }, forget))
}

/// Whether a session is this user's and may be renewed. One whose time is over does not come back, and neither do the
/// tokens that belong to it.
async fn goes_on(ledger: &Ledger, change: &mut Change, id: SessionId, user: UserId) -> Result<bool, Fault> {
    let found = sessions::find(change.sql(), id).await?;
    Ok(found.is_some_and(|found| found.user == user && !ledger.is_over(&found, ledger.now())))
}

/// Without control characters, cut at a character's border.
pub(super) fn cut(user_agent: &str) -> String {
    let mut text: String = user_agent.chars().filter(|c| !c.is_control()).collect();
    let mut end = text.len().min(MAX_USER_AGENT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
