//! The table of secrets that are good for one use and some minutes.

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;
use super::sessions::{amr, time};

/// What such a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A sign-in for one authorization request.
    Authentication,
    /// Opens our settings for the user of a token session.
    AppSessionToken,
    /// Makes a guest of a token or cookie session somebody.
    Promotion,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AppSessionToken => "app_session_token",
            Self::Promotion => "promotion",
        }
    }
}

/// What it stands for.
#[derive(Debug, Clone)]
pub(crate) struct OneTimeRow {
    pub(crate) purpose: Purpose,
    pub(crate) user: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    /// A hash of what it was made for; empty where that does not matter.
    pub(crate) bound_to: String,
    pub(crate) amr: Vec<&'static str>,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Adds one.
pub(crate) async fn insert(sql: &mut Connection, hash: TokenHash, row: &OneTimeRow) -> Result<(), Fault> {
    query(
        "INSERT INTO one_time (hash, purpose, user_id, session_id, bound_to, amr, authenticated_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(hash.to_text())
    .bind(row.purpose.as_str())
    .bind(row.user.map(|id| id.to_string()))
    .bind(row.session.map(|id| id.to_string()))
    .bind(row.bound_to.clone())
    .bind(row.amr.join(" "))
    .bind(row.authenticated_at.millis())
    .bind(row.expires_at.millis())
    .execute(sql)
    .await?;
    Ok(())
}

/// One that is not over, without using it.
pub(crate) async fn find(
    sql: &mut Connection,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<OneTimeRow>, Fault> {
    let query = query(
        "SELECT user_id, session_id, bound_to, amr, authenticated_at, expires_at FROM one_time \
         WHERE hash = $1 AND purpose = $2 AND expires_at > $3",
    );
    let query = query.bind(hash.to_text()).bind(purpose.as_str()).bind(now.millis());
    let Some(row) = query.fetch_optional(sql).await? else { return Ok(None) };
    let user: Option<&str> = row.try_get("user_id")?;
    let session: Option<&str> = row.try_get("session_id")?;
    Ok(Some(OneTimeRow {
        purpose,
        user: user.map(UserId::parse).transpose().map_err(|_| Fault::Unreadable("a user's id"))?,
        session: session.map(SessionId::parse).transpose().map_err(|_| Fault::Unreadable("a session's id"))?,
        bound_to: row.try_get("bound_to")?,
        amr: amr(row.try_get("amr")?)?,
        authenticated_at: time(&row, "authenticated_at")?,
        expires_at: time(&row, "expires_at")?,
    }))
}

/// Uses one up: whoever takes it first has it.
pub(crate) async fn take(
    sql: &mut Connection,
    hash: TokenHash,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<OneTimeRow>, Fault> {
    let Some(found) = find(sql, hash, purpose, now).await? else { return Ok(None) };
    let taken = query("DELETE FROM one_time WHERE hash = $1").bind(hash.to_text()).execute(sql).await?;
    Ok((taken.rows_affected() == 1).then_some(found))
}

/// Takes a user's of one purpose but those that will last the longest.
pub(crate) async fn keep_newest(sql: &mut Connection, user: UserId, purpose: Purpose, count: i64) -> Result<(), Fault> {
    query(
        "DELETE FROM one_time WHERE user_id = $1 AND purpose = $2 AND hash NOT IN \
         (SELECT hash FROM one_time WHERE user_id = $1 AND purpose = $2 ORDER BY expires_at DESC, hash LIMIT $3)",
    )
    .bind(user.to_string())
    .bind(purpose.as_str())
    .bind(count)
    .execute(sql)
    .await?;
    Ok(())
}

/// Takes those that were over before.
pub(crate) async fn delete_over(sql: &mut Connection, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let query = query("DELETE FROM one_time WHERE hash IN (SELECT hash FROM one_time WHERE expires_at < $1 LIMIT $2)");
    Ok(query.bind(before.millis()).bind(limit).execute(sql).await?.rows_affected())
}
