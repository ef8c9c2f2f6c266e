//! When sessions and users were last seen, of many in one statement: a change of anybody else's waits for it.

use sqlx::AssertSqlSafe;
use vestibule_gate::id::SessionId;
use vestibule_gate::table::Activity;
use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::Connection;
use super::engine::{Query, query};
use super::sessions::{session_id, time};

/// Uses a statement, of which there are so few that each is prepared once a connection. What is left over is filled with
/// the last one again.
const SIZES: [usize; 3] = [1, 10, 100];
const MOST: usize = 100;

/// Each group lives by the last use of any of its sessions.
const SESSIONS: &str = "UPDATE sessions SET last_seen_at = news.seen FROM (\
    SELECT COALESCE(used.parent_id, used.id) AS root, MAX(due.seen) AS seen \
    FROM due JOIN sessions AS used ON used.id = due.id GROUP BY COALESCE(used.parent_id, used.id)) AS news \
    WHERE (sessions.id = news.root OR sessions.parent_id = news.root) AND sessions.last_seen_at < news.seen \
    RETURNING id, last_seen_at";

const USERS: &str = "UPDATE users SET last_seen_at = news.seen FROM (\
    SELECT due.id AS id, MAX(due.seen) AS seen FROM due GROUP BY due.id) AS news \
    WHERE users.id = news.id AND COALESCE(users.last_seen_at, 0) < news.seen";

/// Writes when sessions were last used, to them and to their groups, and when their users were last seen; never backwards.
/// Returns all sessions to which that was news, with the time.
pub(crate) async fn write(sql: &mut Connection, all: &[Activity]) -> Result<Vec<(SessionId, Timestamp)>, Fault> {
    let mut news = Vec::new();
    for some in all.chunks(MOST) {
        let rows = with(SESSIONS, some, |one| one.session.to_string()).fetch_all(sql).await?;
        for row in &rows {
            news.push((session_id(row)?, time(row, "last_seen_at")?));
        }
        with(USERS, some, |one| one.user.to_string()).execute(sql).await?;
    }
    Ok(news)
}

/// A statement that knows these as `due`.
fn with(statement: &str, some: &[Activity], id: impl Fn(&Activity) -> String) -> Query<'static> {
    let rows = SIZES.into_iter().find(|size| *size >= some.len()).unwrap_or(MOST);
    let values: Vec<String> = (2..=rows).map(|row| format!("(${}, ${})", 2 * row - 1, 2 * row)).collect();
    let more = if values.is_empty() { String::new() } else { format!(", {}", values.join(", ")) };
    let due = format!("WITH due (id, seen) AS (VALUES (CAST($1 AS TEXT), CAST($2 AS BIGINT)){more}) ");
    let filled = some.iter().chain(std::iter::repeat_n(some.last(), MOST).flatten()).take(rows);
    filled.fold(query(AssertSqlSafe(due + statement)), |query, one| query.bind(id(one)).bind(one.seen.millis()))
}
