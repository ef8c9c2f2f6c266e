//! The table of credentials: hashes of secrets, and the sessions that they stand for.

use vestibule_gate::id::SessionId;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;

/// A credential to be added.
#[derive(Debug, Clone)]
pub(crate) struct NewCredential {
    pub(crate) hash: TokenHash,
    pub(crate) session: SessionId,
    pub(crate) kind: CredentialKind,
    /// Of a token, separated by one space.
    pub(crate) scope: String,
    /// `None`: ours.
    pub(crate) audience: Option<String>,
    /// `None`: with its session.
    pub(crate) expires_at: Option<Timestamp>,
    /// The refresh token that an access token was issued with.
    pub(crate) refresh: Option<TokenHash>,
}

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// The `session` cookie.
    Session,
    /// An access token, or the `jti` of one.
    Access,
    /// An API token.
    Api,
    /// The `app_session` cookie.
    AppSession,
}

impl CredentialKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Access => "access",
            Self::Api => "api",
            Self::AppSession => "app_session",
        }
    }
}

impl NewCredential {
    /// One that says nothing but which session it stands for.
    pub(crate) const fn of(session: SessionId, kind: CredentialKind, hash: TokenHash) -> Self {
        Self { hash, session, kind, scope: String::new(), audience: None, expires_at: None, refresh: None }
    }
}

/// Adds a credential to a session. Says whether it is new: one that was derived may be there already.
pub(crate) async fn insert(sql: &mut Connection, new: &NewCredential, now: Timestamp) -> Result<bool, Fault> {
    let done = query(
        "INSERT INTO credentials (hash, session_id, created_at, kind, scope, audience, expires_at, refresh_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(new.hash.to_text())
    .bind(new.session.to_string())
    .bind(now.millis())
    .bind(new.kind.as_str())
    .bind(new.scope.clone())
    .bind(new.audience.clone())
    .bind(new.expires_at.map(Timestamp::millis))
    .bind(new.refresh.map(TokenHash::to_text))
    .execute(sql)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// When an access token ends.
pub(crate) async fn end_of(sql: &mut Connection, hash: TokenHash) -> Result<Option<Timestamp>, Fault> {
    let query = query("SELECT expires_at FROM credentials WHERE hash = $1").bind(hash.to_text());
    let Some(row) = query.fetch_optional(sql).await? else { return Ok(None) };
    Ok(row.try_get::<Option<i64>>("expires_at")?.map(Timestamp::from_millis))
}

/// Notes the first use of an access token.
pub(crate) async fn used(sql: &mut Connection, hash: TokenHash, now: Timestamp) -> Result<(), Fault> {
    query("UPDATE credentials SET used_at = $2 WHERE hash = $1 AND used_at IS NULL")
        .bind(hash.to_text())
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Whether an access token that came with this refresh token was ever used.
pub(crate) async fn any_used_of(sql: &mut Connection, refresh: TokenHash) -> Result<bool, Fault> {
    let query = query("SELECT 1 AS one FROM credentials WHERE refresh_hash = $1 AND used_at IS NOT NULL LIMIT 1");
    Ok(query.bind(refresh.to_text()).fetch_optional(sql).await?.is_some())
}

/// Takes the access tokens that came with a refresh token.
pub(crate) async fn delete_issued_with(sql: &mut Connection, refresh: TokenHash) -> Result<(), Fault> {
    query("DELETE FROM credentials WHERE refresh_hash = $1").bind(refresh.to_text()).execute(sql).await?;
    Ok(())
}

/// Ends an access token now; never later than it ends anyway.
pub(crate) async fn end(sql: &mut Connection, hash: TokenHash, now: Timestamp) -> Result<(), Fault> {
    let query = query("UPDATE credentials SET expires_at = $2 WHERE hash = $1 AND expires_at > $2");
    query.bind(hash.to_text()).bind(now.millis()).execute(sql).await?;
    Ok(())
}

/// Takes a session's credentials of a kind but the newest so many.
pub(crate) async fn keep_newest(
    sql: &mut Connection,
    session: SessionId,
    kind: CredentialKind,
    count: i64,
) -> Result<(), Fault> {
    query(
        "DELETE FROM credentials WHERE session_id = $1 AND kind = $2 AND hash NOT IN \
         (SELECT hash FROM credentials WHERE session_id = $1 AND kind = $2 ORDER BY created_at DESC, hash LIMIT $3)",
    )
    .bind(session.to_string())
    .bind(kind.as_str())
    .bind(count)
    .execute(sql)
    .await?;
    Ok(())
}

/// Takes one credential. Says whether there was one.
pub(crate) async fn delete(sql: &mut Connection, hash: TokenHash) -> Result<bool, Fault> {
    let done = query("DELETE FROM credentials WHERE hash = $1").bind(hash.to_text()).execute(sql).await?;
    Ok(done.rows_affected() > 0)
}

/// Takes access tokens that were over before. Memory does not answer them either: their end is in their entry.
pub(crate) async fn delete_over(sql: &mut Connection, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let query =
        query("DELETE FROM credentials WHERE hash IN (SELECT hash FROM credentials WHERE expires_at < $1 LIMIT $2)");
    Ok(query.bind(before.millis()).bind(limit).execute(sql).await?.rows_affected())
}

/// Takes every credential from a session: before it gets a new one.
pub(crate) async fn delete_of(sql: &mut Connection, session: SessionId) -> Result<(), Fault> {
    query("DELETE FROM credentials WHERE session_id = $1").bind(session.to_string()).execute(sql).await?;
    Ok(())
}

/// The session that a secret stands for.
pub(crate) async fn session_of(sql: &mut Connection, hash: TokenHash) -> Result<Option<SessionId>, Fault> {
    let query = query("SELECT session_id FROM credentials WHERE hash = $1").bind(hash.to_text());
    let Some(row) = query.fetch_optional(sql).await? else { return Ok(None) };
    let id = SessionId::parse(row.try_get("session_id")?).map_err(|_| Fault::Unreadable("a session's id"))?;
    Ok(Some(id))
}
