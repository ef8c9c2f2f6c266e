//! The table of sessions.

use std::collections::HashMap;
use std::net::IpAddr;

use sqlx::Row as _;
use vestibule_gate::account::Roles;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::{Activity, SessionRow};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::Facts;

use crate::fault::Fault;
use crate::user::SessionInfo;

use super::Connection;
use super::engine::Row;
use super::users::{flag, user_id};

/// What the store has for a credential: its live session, or none.
pub(crate) type Looked = Result<Option<SessionRow>, Fault>;

/// The live sessions of some credentials, in their order, with what their answers say; `None` where there is none.
/// Whether its time is over is not asked here: that is for `gate::decide`. A row that cannot be read is the fault of its
/// own credential only.
///
/// A session cannot end later than a whole lifetime from now, whatever is stored: that bounds what a clock that stood
/// in the future has left behind, and a lifetime that was shortened since.
pub(crate) async fn of_credentials(
    sql: &mut Connection,
    hashes: &[TokenHash],
    lifetime: Span,
    now: Timestamp,
) -> Result<Vec<Looked>, Fault> {
    let texts: Vec<String> = hashes.iter().map(|hash| hash.to_text()).collect();
    let (count, statement) = statement_for(texts.len());
    let mut query = sqlx::query(statement);
    // A statement has more places than there are credentials: the last one stands in all that are left.
    for place in 0..count {
        query = query.bind(texts.get(place).or(texts.last()));
    }
    let rows = query.fetch_all(sql).await?;
    let mut found: HashMap<&str, &Row> = HashMap::with_capacity(rows.len());
    for row in &rows {
        found.insert(row.try_get("hash")?, row);
    }
    let looked = |text: &String| found.get(text.as_str()).map_or(Ok(None), |row| live(row, lifetime, now));
    Ok(texts.iter().map(looked).collect())
}

fn live(row: &Row, lifetime: Span, now: Timestamp) -> Looked {
    // Disabling ends every session in the same transaction; this is the belt to those braces.
    if flag(row, "disabled")? {
        return Ok(None);
    }
    Ok(Some(SessionRow {
        id: session_id(row)?,
        user: user_id(row, "user_id")?,
        authenticated_at: time(row, "authenticated_at")?,
        last_seen: time(row, "last_seen_at")?.min(now),
        expires_at: time(row, "expires_at")?.min(now.plus(lifetime)),
        facts: Facts {
            anonymous: flag(row, "anonymous")?,
            verified: flag(row, "verified")?,
            can_reauthenticate: flag(row, "has_password")?,
            roles: Roles::parse_list(row.try_get("roles")?).map_err(|_| Fault::Unreadable("a role"))?,
            amr: amr(row.try_get("amr")?)?,
            acr: None,
        },
    }))
}

/// The most credentials that [`of_credentials`] takes at once.
pub(crate) const MOST: usize = 16;

/// A statement with places for so many credentials, or some more, and how many. Three of them, so that each is prepared
/// once a connection.
fn statement_for(count: usize) -> (usize, &'static str) {
    macro_rules! with_places {
        ($places:literal) => {
            concat!(
                "SELECT c.hash, s.id, s.user_id, s.authenticated_at, s.last_seen_at, s.expires_at, s.amr, u.roles, \
                 u.verified, u.anonymous, u.disabled, \
                 CASE WHEN u.password_hash IS NULL THEN 0 ELSE 1 END AS has_password \
                 FROM credentials c JOIN sessions s ON s.id = c.session_id JOIN users u ON u.id = s.user_id \
                 WHERE c.hash IN (",
                $places,
                ")"
            )
        };
    }
    match count {
        ..=1 => (1, with_places!("$1")),
        2..=4 => (4, with_places!("$1, $2, $3, $4")),
        5.. => (MOST, with_places!("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16")),
    }
}

/// Adds a session.
pub(crate) async fn insert(sql: &mut Connection, session: &SessionInfo) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO sessions (id, user_id, kind, created_at, authenticated_at, last_seen_at, expires_at, amr, \
         user_agent, address, created_by) VALUES ($1, $2, 'cookie', $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .execute(sql)
    .await?;
    Ok(())
}

/// The user has authenticated again: new times and methods, same session.
pub(crate) async fn reauthenticated(sql: &mut Connection, session: &SessionInfo) -> Result<(), Fault> {
    sqlx::query(
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
    let query = sqlx::query("SELECT user_id FROM sessions WHERE id = $1").bind(id.to_string());
    query.fetch_optional(sql).await?.as_ref().map(|row| user_id(row, "user_id")).transpose()
}

/// A user's sessions, the last used one first. Those whose time is over are among them until they are purged.
pub(crate) async fn list(sql: &mut Connection, user: UserId) -> Result<Vec<SessionInfo>, Fault> {
    let rows = sqlx::query(
        "SELECT id, user_id, created_at, authenticated_at, last_seen_at, expires_at, amr, user_agent, address, \
         created_by FROM sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id",
    )
    .bind(user.to_string())
    .fetch_all(sql)
    .await?;
    rows.iter().map(read).collect()
}

/// Ends one session. Says whether there was one.
pub(crate) async fn delete(sql: &mut Connection, id: SessionId) -> Result<bool, Fault> {
    let done = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.to_string()).execute(sql).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends a user's sessions, all or all but one. Says how many.
pub(crate) async fn delete_of(sql: &mut Connection, user: UserId, but: Option<SessionId>) -> Result<u64, Fault> {
    let done = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id <> $2")
        .bind(user.to_string())
        .bind(but.map(|id| id.to_string()).unwrap_or_default())
        .execute(sql)
        .await?;
    Ok(done.rows_affected())
}

/// Ends every session. Says how many.
pub(crate) async fn delete_all(sql: &mut Connection) -> Result<u64, Fault> {
    Ok(sqlx::query("DELETE FROM sessions").execute(sql).await?.rows_affected())
}

/// Up to `limit` sessions whose time is over: past their absolute limit, or not used since.
pub(crate) async fn over(
    sql: &mut Connection,
    expired: Timestamp,
    unused: Timestamp,
    limit: i64,
) -> Result<Vec<SessionId>, Fault> {
    let rows = sqlx::query("SELECT id FROM sessions WHERE expires_at < $1 OR last_seen_at < $2 LIMIT $3")
        .bind(expired.millis())
        .bind(unused.millis())
        .bind(limit)
        .fetch_all(sql)
        .await?;
    rows.iter().map(session_id).collect()
}

/// Writes when a session was last used; never backwards.
pub(crate) async fn seen(sql: &mut Connection, activity: &Activity) -> Result<(), Fault> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2")
        .bind(activity.session.to_string())
        .bind(activity.seen.millis())
        .execute(sql)
        .await?;
    Ok(())
}

/// How many sessions are stored.
pub(crate) async fn count(sql: &mut Connection) -> Result<i64, Fault> {
    Ok(sqlx::query("SELECT COUNT(*) AS n FROM sessions").fetch_one(sql).await?.try_get("n")?)
}

fn session_id(row: &Row) -> Result<SessionId, Fault> {
    SessionId::parse(row.try_get("id")?).map_err(|_| Fault::Unreadable("a session's id"))
}

fn time(row: &Row, column: &str) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

fn read(row: &Row) -> Result<SessionInfo, Fault> {
    let address: Option<&str> = row.try_get("address")?;
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
        by_cli: row.try_get::<&str, _>("created_by")? == "cli",
    })
}

/// The methods that we know (RFC 8176 section 2), from the space-separated list.
fn amr(text: &str) -> Result<Vec<&'static str>, Fault> {
    let known = |method: &str| ["pwd", "otp", "sms", "hwk", "mfa"].into_iter().find(|name| *name == method);
    text.split_ascii_whitespace().map(|m| known(m).ok_or(Fault::Unreadable("an authentication method"))).collect()
}
