//! The table of attempts that several nodes count together. Each statement is a transaction of its own, and the database
//! has them follow each other, a key at a time: no two nodes take the same last attempt. Times are the database's, so that
//! clocks need not agree. PostgreSQL only: see `proof/attempts.rs`.

use vestibule_gate::time::Span;

use crate::fault::Fault;
use crate::settings::Rate;

use super::Connection;
use super::engine::query;
use super::nodes::database_millis;

/// Counts one more. When there were as many already as there may be, nothing is counted: then it says how long the window
/// still lasts.
pub(crate) async fn count(sql: &mut Connection, key: &str, rate: Rate) -> Result<Option<Span>, Fault> {
    let counted = query(concat!(
        "INSERT INTO attempts (key, began_at, tries) VALUES ($1, ",
        database_millis!(),
        ", 1) ON CONFLICT (key) DO UPDATE SET \
         tries = CASE WHEN attempts.began_at + $2 <= excluded.began_at THEN 1 ELSE attempts.tries + 1 END, \
         began_at = CASE WHEN attempts.began_at + $2 <= excluded.began_at THEN excluded.began_at ELSE attempts.began_at END \
         WHERE attempts.began_at + $2 <= excluded.began_at OR attempts.tries < $3 RETURNING tries",
    ));
    let counted = counted.bind(key).bind(rate.window.millis()).bind(i64::from(rate.count)).fetch_optional(sql).await?;
    if counted.is_some() {
        return Ok(None);
    }
    let left =
        query(concat!("SELECT began_at + $2 - ", database_millis!(), " AS remaining FROM attempts WHERE key = $1"));
    let row = left.bind(key).bind(rate.window.millis()).fetch_optional(sql).await?;
    let left = row.map(|row| row.try_get::<i64>("remaining")).transpose()?;
    // Pruned in this very moment: the next attempt counts.
    Ok(Some(Span::from_millis(left.unwrap_or_default().max(1))))
}

/// Counts one less.
pub(crate) async fn give_back(sql: &mut Connection, key: &str) -> Result<(), Fault> {
    query("UPDATE attempts SET tries = tries - 1 WHERE key = $1 AND tries > 0").bind(key).execute(sql).await?;
    Ok(())
}

/// Deletes the windows that began so long ago.
pub(crate) async fn prune(sql: &mut Connection, ago: Span) -> Result<(), Fault> {
    let query = query(concat!("DELETE FROM attempts WHERE began_at + $1 < ", database_millis!()));
    query.bind(ago.millis()).execute(sql).await?;
    Ok(())
}
