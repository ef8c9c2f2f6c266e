//! The table of sessions.

use std::net::IpAddr;

use vestibule_gate::grant::ClientId;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::SessionKind;

use crate::fault::Fault;
use crate::user::SessionInfo;

use super::Connection;
use super::engine::{Row, query};
use super::pending;
use super::users::user_id;

/// Adds a session.
pub(crate) async fn insert(sql: &mut Connection, session: &SessionInfo) -> Result<(), Fault> {
    query(
        "INSERT INTO sessions (id, user_id, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, \
         address, created_by, kind, parent_id, client_id, scope, label, claims) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(session.id.to_string())
    .bind(session.user.to_string())
    .bind(session.created_at.millis())
    .bind(session.authenticated_at.millis())
    .bind(session.last_seen_at.millis())
    .bind(session.expires_at.millis())
    .bind(session.amr.join(" "))
    .bind(session.user_agent.clone())
    .bind(session.address.map(|address| address.to_string()))
    .bind(if session.by_cli { "cli" } else { "login" })
    .bind(kind_text(session.kind))
    .bind(session.parent.map(|id| id.to_string()))
    .bind(session.client.as_ref().map(|id| id.as_str().to_owned()))
    .bind(session.scope.clone())
    .bind(session.label.clone())
    .bind(session.claims.clone())
    .execute(sql)
    .await?;
    Ok(())
}

/// The user has authenticated again: new times and methods, same session.
pub(crate) async fn reauthenticated(sql: &mut Connection, session: &SessionInfo) -> Result<(), Fault> {
    query(
        "UPDATE sessions SET authenticated_at = $2, last_seen_at = $3, expires_at = $4, amr = $5, \
         user_agent = $6, address = $7, created_by = 'login' WHERE id = $1",
    )
    .bind(session.id.to_string())
    .bind(session.authenticated_at.millis())
    .bind(session.last_seen_at.millis())
    .bind(session.expires_at.millis())
    .bind(session.amr.join(" "))
    .bind(session.user_agent.clone())
    .bind(session.address.map(|address| address.to_string()))
    .execute(sql)
    .await?;
    Ok(())
}

/// Whose a session is.
pub(crate) async fn user_of(sql: &mut Connection, id: SessionId) -> Result<Option<UserId>, Fault> {
    let query = query("SELECT user_id FROM sessions WHERE id = $1").bind(id.to_string());
    query.fetch_optional(sql).await?.as_ref().map(|row| user_id(row, "user_id")).transpose()
}

const COLUMNS: &str = "id, user_id, kind, parent_id, client_id, scope, label, claims, created_at, authenticated_at, \
                       last_seen_at, expires_at, amr, user_agent, address, created_by";

fn select(behind: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM sessions {behind}"))
}

/// One session.
pub(crate) async fn find(sql: &mut Connection, id: SessionId) -> Result<Option<SessionInfo>, Fault> {
    let query = query(select("WHERE id = $1")).bind(id.to_string());
    query.fetch_optional(sql).await?.as_ref().map(read).transpose()
}

/// A session and all that end with it. A first party's token session takes its cookie session along, and that one
/// every token session that names it; a third party's ends alone.
pub(crate) async fn group(sql: &mut Connection, id: SessionId) -> Result<Vec<SessionId>, Fault> {
    let rows = query(
        "SELECT s.parent_id, c.kind AS client_kind FROM sessions s LEFT JOIN clients c ON c.id = s.client_id \
         WHERE s.id = $1",
    );
    let Some(row) = rows.bind(id.to_string()).fetch_optional(&mut *sql).await? else { return Ok(Vec::new()) };
    let parent: Option<&str> = row.try_get("parent_id")?;
    let root = match parent {
        Some(_) if row.try_get::<Option<&str>>("client_kind")? == Some("third-party") => return Ok(vec![id]),
        Some(parent) => SessionId::parse(parent).map_err(|_| Fault::Unreadable("a session's id"))?,
        None => id,
    };
    let mut group = children(sql, root).await?;
    group.insert(0, root);
    Ok(group)
}

/// The sessions that name this one as their parent.
pub(crate) async fn children(sql: &mut Connection, id: SessionId) -> Result<Vec<SessionId>, Fault> {
    let query = query("SELECT id FROM sessions WHERE parent_id = $1").bind(id.to_string());
    query.fetch_all(sql).await?.iter().map(session_id).collect()
}

/// A user's sessions, the last used one first. Those whose time is over are among them until they are purged.
pub(crate) async fn list(sql: &mut Connection, user: UserId) -> Result<Vec<SessionInfo>, Fault> {
    let rows = query(select("WHERE user_id = $1 ORDER BY last_seen_at DESC, id"))
        .bind(user.to_string())
        .fetch_all(sql)
        .await?;
    rows.iter().map(read).collect()
}

/// Everybody's API tokens, the oldest first; those whose time is over too.
pub(crate) async fn list_api(sql: &mut Connection) -> Result<Vec<SessionInfo>, Fault> {
    let text = select("WHERE kind = 'api' ORDER BY created_at, id");
    query(text).fetch_all(sql).await?.iter().map(read).collect()
}

/// Ends a session and its group; returns all that have ended, to be forgotten.
pub(crate) async fn end(sql: &mut Connection, id: SessionId) -> Result<Vec<SessionId>, Fault> {
    let group = group(sql, id).await?;
    for member in &group {
        delete(sql, *member).await?;
    }
    Ok(group)
}

/// Ends one session, and with it by the store's own rule what names it as parent. Says whether there was one.
pub(crate) async fn delete(sql: &mut Connection, id: SessionId) -> Result<bool, Fault> {
    let done = query("DELETE FROM sessions WHERE id = $1").bind(id.to_string()).execute(sql).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends a user's sessions and what has not become one yet, all, or all but one, what belongs to it and what it belongs to.
/// Says how many.
pub(crate) async fn delete_of(sql: &mut Connection, user: UserId, but: Option<SessionId>) -> Result<u64, Fault> {
    pending::delete_of(sql, user, but).await?;
    let done = query(
        "DELETE FROM sessions WHERE user_id = $1 AND id <> $2 AND (parent_id IS NULL OR parent_id <> $2) \
         AND id <> COALESCE((SELECT parent_id FROM sessions WHERE id = $2), '')",
    )
    .bind(user.to_string())
    .bind(but.map(|id| id.to_string()).unwrap_or_default())
    .execute(sql)
    .await?;
    Ok(done.rows_affected())
}

/// Ends the next sessions in the order of their ids, so many behind one, and what belongs to them. Says how many, and
/// behind which id there may be more.
pub(crate) async fn delete_behind(
    sql: &mut Connection,
    behind: &str,
    count: i64,
) -> Result<(u64, Option<String>), Fault> {
    let last =
        query("SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2").bind(behind).bind(count - 1);
    let last = last.fetch_optional(sql).await?.map(|row| row.try_get::<String>("id")).transpose()?;
    let mut ended = 0;
    // What belongs to one would go with it uncounted.
    for text in [
        "DELETE FROM sessions WHERE parent_id > $1 AND ($2 IS NULL OR parent_id <= $2)",
        "DELETE FROM sessions WHERE id > $1 AND ($2 IS NULL OR id <= $2)",
    ] {
        ended += query(text).bind(behind).bind(last.as_deref()).execute(sql).await?.rows_affected();
    }
    Ok((ended, last))
}

/// Up to `limit` sessions whose time is over: past their absolute limit, or not used since and no API token.
pub(crate) async fn over(
    sql: &mut Connection,
    expired: Timestamp,
    unused: Timestamp,
    limit: i64,
) -> Result<Vec<SessionId>, Fault> {
    let text = "SELECT id FROM sessions WHERE expires_at < $1 OR (last_seen_at < $2 AND kind <> 'api') LIMIT $3";
    let query = query(text).bind(expired.millis()).bind(unused.millis()).bind(limit);
    let rows = query.fetch_all(sql).await?;
    rows.iter().map(session_id).collect()
}

/// How many sessions are stored.
pub(crate) async fn count(sql: &mut Connection) -> Result<i64, Fault> {
    Ok(query("SELECT COUNT(*) AS n FROM sessions").fetch_one(sql).await?.try_get("n")?)
}

pub(super) fn session_id(row: &Row) -> Result<SessionId, Fault> {
    SessionId::parse(row.try_get("id")?).map_err(|_| Fault::Unreadable("a session's id"))
}

pub(super) fn time(row: &Row, column: &str) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

fn read(row: &Row) -> Result<SessionInfo, Fault> {
    let address: Option<&str> = row.try_get("address")?;
    let parent: Option<&str> = row.try_get("parent_id")?;
    let client: Option<&str> = row.try_get("client_id")?;
    Ok(SessionInfo {
        id: session_id(row)?,
        user: user_id(row, "user_id")?,
        created_at: time(row, "created_at")?,
        authenticated_at: time(row, "authenticated_at")?,
        last_seen_at: time(row, "last_seen_at")?,
        expires_at: time(row, "expires_at")?,
        amr: amr(row.try_get("amr")?)?,
        user_agent: row.try_get("user_agent")?,
        address: address.map(str::parse::<IpAddr>).transpose().map_err(|_| Fault::Unreadable("an address"))?,
        by_cli: row.try_get::<&str>("created_by")? == "cli",
        kind: kind(row.try_get("kind")?)?,
        parent: parent.map(SessionId::parse).transpose().map_err(|_| Fault::Unreadable("a session's id"))?,
        client: client.map(ClientId::parse).transpose().map_err(|_| Fault::Unreadable("a client's id"))?,
        scope: row.try_get("scope")?,
        label: row.try_get("label")?,
        claims: row.try_get("claims")?,
    })
}

/// What the store calls a kind.
const fn kind_text(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Cookie => "cookie",
        SessionKind::Token => "token",
        SessionKind::Api => "api",
        SessionKind::Machine => "machine",
    }
}

pub(super) fn kind(text: &str) -> Result<SessionKind, Fault> {
    let all = [SessionKind::Cookie, SessionKind::Token, SessionKind::Api, SessionKind::Machine];
    all.into_iter().find(|kind| kind_text(*kind) == text).ok_or(Fault::Unreadable("the kind of a session"))
}

/// The methods that we know (RFC 8176 section 2, and our own with `x_`), from the space-separated list.
pub(super) fn amr(text: &str) -> Result<Vec<&'static str>, Fault> {
    let known =
        |method: &str| ["pwd", "otp", "sms", "hwk", "mfa", "x_api_token"].into_iter().find(|name| *name == method);
    text.split_ascii_whitespace().map(|m| known(m).ok_or(Fault::Unreadable("an authentication method"))).collect()
}
