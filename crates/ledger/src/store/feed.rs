//! The feed of changes that several nodes read: see `feed/`. Nobody writes it where the store is a file.

use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;

/// An entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// One more than the one before.
    pub(crate) number: i64,
    /// Who has made the change.
    pub(crate) node: String,
    /// What it has made untrue.
    pub(crate) said: String,
    /// When, by that node's clock.
    pub(crate) committed_at: Timestamp,
}

/// Adds an entry, in the transaction of its change: the only one that is open.
pub(crate) async fn append(sql: &mut Connection, node: &str, said: String, now: Timestamp) -> Result<i64, Fault> {
    let head = query("UPDATE feed_head SET number = number + 1 WHERE one = 1 RETURNING number");
    let number: i64 = head.fetch_one(sql).await?.try_get("number")?;
    query("INSERT INTO feed (number, node, said, committed_at) VALUES ($1, $2, $3, $4)")
        .bind(number)
        .bind(node)
        .bind(said)
        .bind(now.millis())
        .execute(sql)
        .await?;
    Ok(number)
}

/// The number of the newest entry.
pub(crate) async fn head(sql: &mut Connection) -> Result<i64, Fault> {
    Ok(query("SELECT number FROM feed_head WHERE one = 1").fetch_one(sql).await?.try_get("number")?)
}

/// The entries behind a number, in order, and the head as it was in the same moment or before.
pub(crate) async fn behind(sql: &mut Connection, number: i64, limit: i64) -> Result<(i64, Vec<Entry>), Fault> {
    let head = head(sql).await?;
    if head == number {
        return Ok((head, Vec::new()));
    }
    let rows = query("SELECT number, node, said, committed_at FROM feed WHERE number > $1 ORDER BY number LIMIT $2");
    let rows = rows.bind(number).bind(limit).fetch_all(sql).await?;
    let read = |row: &super::engine::Row| {
        Ok(Entry {
            number: row.try_get("number")?,
            node: row.try_get("node")?,
            said: row.try_get("said")?,
            committed_at: Timestamp::from_millis(row.try_get("committed_at")?),
        })
    };
    Ok((head, rows.iter().map(read).collect::<Result<_, Fault>>()?))
}

/// Deletes entries from before a time. Says how many.
pub(crate) async fn prune(sql: &mut Connection, before: Timestamp) -> Result<u64, Fault> {
    let query = query("DELETE FROM feed WHERE committed_at < $1").bind(before.millis());
    Ok(query.execute(sql).await?.rows_affected())
}
