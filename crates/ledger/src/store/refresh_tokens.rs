//! The table of refresh tokens: each grant's chain.

use vestibule_gate::id::SessionId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;

/// A refresh token as the store has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefreshRow {
    pub(crate) session: SessionId,
    /// When it was exchanged for its first successor; `None` for the newest of its chain.
    pub(crate) rotated_at: Option<Timestamp>,
    /// How many successors it has had.
    pub(crate) rotations: i64,
}

impl RefreshRow {
    /// Whether this is the newest of its chain, or was until a moment ago: two tabs of one browser share it.
    pub(crate) fn is_current(&self, now: Timestamp) -> bool {
        self.rotated_at.is_none_or(|rotated_at| self.rotations > 0 && now < rotated_at.plus(GRACE))
    }
}

/// How long a token that was exchanged is taken for a token that is asked for at the same time.
pub(crate) const GRACE: Span = Span::from_seconds(10);

/// Adds a token.
pub(crate) async fn insert(
    sql: &mut Connection,
    hash: TokenHash,
    session: SessionId,
    now: Timestamp,
) -> Result<(), Fault> {
    query("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES ($1, $2, $3)")
        .bind(hash.to_text())
        .bind(session.to_string())
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// One token.
pub(crate) async fn find(sql: &mut Connection, hash: TokenHash) -> Result<Option<RefreshRow>, Fault> {
    let query = query("SELECT session_id, rotated_at, rotations FROM refresh_tokens WHERE hash = $1");
    let Some(row) = query.bind(hash.to_text()).fetch_optional(sql).await? else { return Ok(None) };
    Ok(Some(RefreshRow {
        session: session_id_of(&row)?,
        rotated_at: row.try_get::<Option<i64>>("rotated_at")?.map(Timestamp::from_millis),
        rotations: row.try_get("rotations")?,
    }))
}

/// Notes that a token was exchanged for one more successor.
pub(crate) async fn rotated(sql: &mut Connection, hash: TokenHash, now: Timestamp) -> Result<(), Fault> {
    query("UPDATE refresh_tokens SET rotated_at = COALESCE(rotated_at, $2), rotations = rotations + 1 WHERE hash = $1")
        .bind(hash.to_text())
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Makes a token one that has been exchanged, for nothing.
pub(crate) async fn use_up(sql: &mut Connection, hash: TokenHash, now: Timestamp) -> Result<(), Fault> {
    let query = query("UPDATE refresh_tokens SET rotated_at = $2, rotations = 0 WHERE hash = $1");
    query.bind(hash.to_text()).bind(now.millis()).execute(sql).await?;
    Ok(())
}

/// Takes what was exchanged so long ago that nobody honest presents it again. The last one stays, and presented again
/// it is found; older ones are unknown, which is refused all the same.
pub(crate) async fn delete_rotated_before(sql: &mut Connection, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    let done = query(
        "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE rotated_at < $1 LIMIT $2)",
    )
    .bind(before.millis())
    .bind(limit)
    .execute(sql)
    .await?;
    Ok(done.rows_affected())
}

fn session_id_of(row: &super::engine::Row) -> Result<SessionId, Fault> {
    SessionId::parse(row.try_get("session_id")?).map_err(|_| Fault::Unreadable("a session's id"))
}
