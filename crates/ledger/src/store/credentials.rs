//! The table of credentials: hashes of secrets, and the sessions that they stand for.

use sqlx::Row as _;
use vestibule_gate::id::SessionId;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;

use super::Connection;

/// Adds a credential to a session.
pub(crate) async fn insert(
    sql: &mut Connection,
    hash: TokenHash,
    session: SessionId,
    now: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO credentials (hash, session_id, created_at) VALUES ($1, $2, $3)")
        .bind(hash.to_text())
        .bind(session.to_string())
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// Takes every credential from a session: before it gets a new one.
pub(crate) async fn delete_of(sql: &mut Connection, session: SessionId) -> Result<(), Fault> {
    sqlx::query("DELETE FROM credentials WHERE session_id = $1").bind(session.to_string()).execute(sql).await?;
    Ok(())
}

/// The session that a secret stands for.
pub(crate) async fn session_of(sql: &mut Connection, hash: TokenHash) -> Result<Option<SessionId>, Fault> {
    let query = sqlx::query("SELECT session_id FROM credentials WHERE hash = $1").bind(hash.to_text());
    let Some(row) = query.fetch_optional(sql).await? else { return Ok(None) };
    let id = SessionId::parse(row.try_get("session_id")?).map_err(|_| Fault::Unreadable("a session's id"))?;
    Ok(Some(id))
}
