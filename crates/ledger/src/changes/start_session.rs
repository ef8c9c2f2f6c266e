//! Begins a session in an open change: what signing in, signing up and continuing as a guest have in common.

use std::net::IpAddr;

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::Forget;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::{Secret, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::{credentials, sessions, users};
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
    /// The `device` cookie, unread.
    pub device: Option<String>,
}

/// A session has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// Its secret, for the cookie. Nobody keeps it.
    pub secret: Secret,
    /// The absolute limit.
    pub expires_at: Timestamp,
    /// The `device` cookie's new value, where the user proved themselves by a password.
    pub device: Option<String>,
}

/// Begins a session with a new secret (no fixation), and ends those that the browser's cookies name. When one of them
/// is the same user's, that session goes on under the new secret.
pub(super) async fn start(
    ledger: &Ledger,
    change: &mut Change,
    user: UserId,
    amr: Vec<&'static str>,
    browser: &Browser,
) -> Result<(SignedIn, Vec<Forget>), Fault> {
    let now = ledger.now();
    let mut forget = Vec::new();
    let mut kept = None;
    for hash in &browser.sessions {
        let Some(id) = credentials::session_of(change.sql(), *hash).await? else { continue };
        forget.push(Forget::Session(id));
        if kept.is_none() && sessions::user_of(change.sql(), id).await? == Some(user) {
            kept = Some(id);
        } else if kept != Some(id) {
            sessions::delete(change.sql(), id).await?;
        }
    }
    let session = SessionInfo {
        id: match kept {
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
    };
    if kept.is_some() {
        sessions::reauthenticated(change.sql(), &session).await?;
        credentials::delete_of(change.sql(), session.id).await?;
    } else {
        sessions::insert(change.sql(), &session).await?;
    }
    let secret = mint::session_secret(ledger.tag_key())?;
    credentials::insert(change.sql(), secret.hash(), session.id, now).await?;
    users::seen(change.sql(), user, now).await?;
    let signed_in = SignedIn { user, session: session.id, secret, expires_at: session.expires_at, device: None };
    Ok((signed_in, forget))
}

/// Without control characters, cut at a character's border.
fn cut(user_agent: &str) -> String {
    let mut text: String = user_agent.chars().filter(|c| !c.is_control()).collect();
    let mut end = text.len().min(MAX_USER_AGENT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
