//! A client exchanges a refresh token for a new access token (RFC 6749 section 6), and, where it rotates, for a successor.
//!
//! The successor is made from the old token, so that one whose reply was lost, and two tabs that ask at once, can be
//! given the same one although only hashes are stored. Within [`GRACE`] of the first exchange a repeat gets the same
//! successor. Later, only while neither the successor nor its access token was ever used: then that successor is taken
//! back and another one issued. Otherwise somebody else has the token, too, and the session ends (RFC 9700 section
//! 4.14.2). A longer grace would let a thief follow the chain unnoticed.

use vestibule_gate::grant::{Client, ScopeError, Scopes};
use vestibule_gate::table::{Activity, Forget};
use vestibule_gate::token::opaque::{Secret, SecretKind, TokenHash};

use crate::commit::Change;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::refresh_tokens::{self, GRACE, RefreshRow};
use crate::store::{activity, credentials, sessions, users};
use crate::user::{SessionInfo, User, UserRef};

use super::issue_tokens::{Access, For, Issued, Requested, access, store};

/// What a client presents.
#[derive(Debug)]
pub struct Refresh<'r> {
    /// Who it is; authenticated, where it has a secret.
    pub client: &'r Client,
    /// The refresh token as presented; its tag is ours.
    pub token: &'r str,
    /// The scopes that the new access token is to have; `None`: all that were granted.
    pub scope: Option<&'r str>,
}

/// Why there are no new tokens.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RefreshError {
    /// No such token, not this client's, over, or used before. Never said which.
    #[error("the refresh token is not valid")]
    Dead,
    /// More than was granted, or unreadable.
    #[error("the scope is not within what was granted")]
    Scope,
    /// It could not be found out.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ScopeError> for RefreshError {
    fn from(_: ScopeError) -> Self {
        Self::Scope
    }
}

/// Exchanges a refresh token.
///
/// # Errors
/// [`RefreshError`].
pub async fn refresh(ledger: &Ledger, asked: Refresh<'_>) -> Result<Issued, RefreshError> {
    // What was used must be known before it is asked for.
    ledger.write_first_uses().await?;
    let now = ledger.now();
    let hash = TokenHash::of(asked.token.as_bytes());
    let mut change = Change::begin(ledger).await?;
    let row = refresh_tokens::find(change.sql(), hash).await?.ok_or(RefreshError::Dead)?;
    let session = sessions::find(change.sql(), row.session).await?.ok_or(RefreshError::Dead)?;
    if session.client.as_ref() != Some(&asked.client.id) || is_over(ledger, &mut change, &session).await? {
        return Err(RefreshError::Dead);
    }
    let user = users::find(change.sql(), &UserRef::Id(session.user)).await?.ok_or(RefreshError::Dead)?.user;
    if user.disabled {
        return Err(RefreshError::Dead);
    }
    let scope = match asked.scope {
        Some(scope) => within(scope, &session.scope)?,
        None => session.scope.clone(),
    };
    let exchange = Exchange { ledger, client: asked.client, session: &session, scope: &scope, token: asked.token };
    let (refresh, access, forget) = if asked.client.rotates_refresh_tokens {
        match exchange.rotate(&mut change, hash, row).await? {
            Some(exchanged) => exchanged,
            None => return end_family(change, session, user).await,
        }
    } else if row.rotated_at.is_some() {
        // From when the client's tokens were rotated.
        return Err(RefreshError::Dead);
    } else {
        (None, exchange.access(&mut change, hash).await?, Vec::new())
    };
    let used = Activity { session: session.id, user: user.id, seen: now };
    let group = activity::write(change.sql(), &[used]).await?;
    change.commit(forget).await?;
    group.into_iter().for_each(|(member, seen)| ledger.live().table().note_use(member, seen));
    let request = Requested { claims: session.claims.clone(), ..Requested::default() };
    Ok(Issued { user, session, access, refresh, scope, audience: None, request })
}

/// The session behind a token, or its parent, may be over although nobody has taken it away yet.
async fn is_over(ledger: &Ledger, change: &mut Change, session: &SessionInfo) -> Result<bool, Fault> {
    let now = ledger.now();
    if ledger.is_over(session, now) {
        return Ok(true);
    }
    let Some(id) = session.parent else { return Ok(false) };
    let parent = sessions::find(change.sql(), id).await?;
    Ok(parent.is_none_or(|parent| ledger.is_over(&parent, now)))
}

/// Somebody else has this token, too: nobody's copy is good any more.
async fn end_family(mut change: Change, session: SessionInfo, user: User) -> Result<Issued, RefreshError> {
    sessions::delete(change.sql(), session.id).await?;
    change.commit(vec![Forget::Session(session.id)]).await?;
    let client = session.client.as_ref().map(ToString::to_string);
    tracing::warn!(client, user = %user.id, session = %session.id, "a used refresh token came again: its session was ended");
    Err(RefreshError::Dead)
}

fn within(asked: &str, granted: &str) -> Result<String, RefreshError> {
    let (asked, granted) = (Scopes::parse(asked)?, Scopes::parse(granted)?);
    if !asked.is_subset_of(&granted) {
        return Err(RefreshError::Scope);
    }
    // In the order in which they were granted: the same scopes make the same access token.
    Ok(granted.iter().filter(|scope| asked.contains(scope)).collect::<Vec<_>>().join(" "))
}

/// One exchange.
struct Exchange<'e> {
    ledger: &'e Ledger,
    client: &'e Client,
    session: &'e SessionInfo,
    scope: &'e str,
    token: &'e str,
}

type Exchanged = (Option<Secret>, Access, Vec<Forget>);

impl Exchange<'_> {
    /// The successor and an access token, or `None` when the token was stolen from somebody.
    async fn rotate(&self, change: &mut Change, hash: TokenHash, row: RefreshRow) -> Result<Option<Exchanged>, Fault> {
        let now = self.ledger.now();
        let Some(rotated_at) = row.rotated_at else { return self.succeed(change, hash, 0).await.map(Some) };
        let last = self.successor(row.rotations - 1);
        let Some(found) = refresh_tokens::find(change.sql(), last.hash()).await? else { return Ok(None) };
        if now < rotated_at.plus(GRACE) {
            let access = self.access_of(change, &last).await?;
            return Ok(Some((Some(last), access, Vec::new())));
        }
        if found.rotated_at.is_some() || credentials::any_used_of(change.sql(), last.hash()).await? {
            return Ok(None);
        }
        // Kept as one that has been used up: whoever presents it later is found out.
        refresh_tokens::use_up(change.sql(), last.hash(), now).await?;
        credentials::delete_issued_with(change.sql(), last.hash()).await?;
        let (refresh, access, mut forget) = self.succeed(change, hash, row.rotations).await?;
        forget.push(Forget::Session(self.session.id));
        Ok(Some((refresh, access, forget)))
    }

    async fn succeed(&self, change: &mut Change, hash: TokenHash, number: i64) -> Result<Exchanged, Fault> {
        let now = self.ledger.now();
        let successor = self.successor(number);
        refresh_tokens::rotated(change.sql(), hash, now).await?;
        refresh_tokens::insert(change.sql(), successor.hash(), self.session.id, now).await?;
        let access = self.access_of(change, &successor).await?;
        Ok((Some(successor), access, Vec::new()))
    }

    fn successor(&self, number: i64) -> Secret {
        let parts = [self.token.as_bytes(), &number.to_be_bytes()];
        Secret::derive(SecretKind::Refresh, "successor", &parts, self.ledger.tag_key())
    }

    /// The access token that belongs to a successor: the same one for everybody who is given that successor.
    async fn access_of(&self, change: &mut Change, successor: &Secret) -> Result<Access, Fault> {
        let kind = if self.client.jwt_access_tokens { SecretKind::JwtId } else { SecretKind::Access };
        let parts = [successor.expose().as_bytes(), self.scope.as_bytes()];
        let secret = Secret::derive(kind, "access", &parts, self.ledger.tag_key());
        store(self.ledger, change, self.client, self.for_what(successor.hash()), secret).await
    }

    /// A new access token beside those that the same refresh token has brought before.
    async fn access(&self, change: &mut Change, refresh: TokenHash) -> Result<Access, Fault> {
        access(self.ledger, change, self.client, self.for_what(refresh)).await
    }

    fn for_what(&self, refresh: TokenHash) -> For<'_> {
        For {
            session: self.session.id,
            session_ends: self.session.expires_at,
            scope: self.scope,
            refresh: Some(refresh),
            audience: None,
        }
    }
}
