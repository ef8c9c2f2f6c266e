//! A machine's client asks for a token of its own (RFC 6749 section 4.4). It speaks for the client's service, a user of its
//! own kind, so that its subject can be no person's (RFC 9700 section 4.15).

use vestibule_gate::grant::Client;
use vestibule_gate::id::UserId;
use vestibule_gate::verdict::SessionKind;

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::mint;
use crate::store::{sessions, users};
use crate::user::{SessionInfo, UserRef};

use super::issue_tokens::{For, Issued, Requested, access};
use super::start_session::{Browser, cut};

/// Issues an access token for the client itself. `audience`: `None` for ours. `None` when its service is disabled or gone.
///
/// # Errors
/// [`Fault`] when it could not be done.
pub async fn client_credentials(
    ledger: &Ledger,
    client: &Client,
    service: UserId,
    scope: &str,
    audience: Option<String>,
    browser: &Browser,
) -> Result<Option<Issued>, Fault> {
    let now = ledger.now();
    let mut change = Change::begin(ledger).await?;
    let found = users::find(change.sql(), &UserRef::Id(service)).await?;
    let Some(user) = found.map(|row| row.user).filter(|user| !user.disabled && user.service) else { return Ok(None) };
    let session = SessionInfo {
        id: mint::session_id(now)?,
        user: service,
        created_at: now,
        authenticated_at: now,
        last_seen_at: now,
        expires_at: now.plus(client.access_token_lifetime),
        amr: Vec::new(),
        user_agent: cut(&browser.user_agent),
        address: browser.address,
        by_cli: false,
        kind: SessionKind::Machine,
        parent: None,
        client: Some(client.id.clone()),
        scope: scope.to_owned(),
        label: String::new(),
        claims: None,
    };
    sessions::insert(change.sql(), &session).await?;
    let for_what =
        For { session: session.id, session_ends: session.expires_at, scope, refresh: None, audience: audience.clone() };
    let access = access(ledger, &mut change, client, for_what).await?;
    users::seen(change.sql(), service, now).await?;
    change.commit(Vec::new()).await?;
    let (scope, request) = (scope.to_owned(), Requested::default());
    Ok(Some(Issued { user, session, access, refresh: None, scope, audience, request }))
}
