//! The feed of changes that several nodes read: see `feed/`. Nobody writes it where the store is a file.

use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};
use super::nodes::database_millis;

/// An entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// One more than the one before.
    pub(crate) number: i64,
    /// Who has made the change.
    pub(crate) node: String,
    /// What it has made untrue.
    pub(crate) said: String,
    /// By the clock of whoever has made it.
    pub(crate) committed_at: i64,
}

/// What the database says of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The number of the newest entry.
    pub(crate) number: i64,
    /// The entry that was asked for, while it is kept: who has made it, and when. No two have both in common.
    pub(crate) mark: Option<(String, i64)>,
    /// What time it is there, in milliseconds.
    pub(crate) time: i64,
    /// Which past the database has: each time another server takes over it begins a new timeline, and may lack the end of
    /// the one before.
    pub(crate) timeline: String,
}

/// Adds an entry to any store, in the transaction of its change: the only one that is open. Nodes do it by
/// `Connection::announce`.
#[cfg(test)]
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

/// The feed as it is at one moment: how far it is, what it says of an entry, and the entries behind that one, in order,
/// so many at most.
pub(crate) async fn behind(sql: &mut Connection, number: i64, limit: i64) -> Result<(Head, Vec<Entry>), Fault> {
    // One question, and one answer: by them a node learns that somebody was signed out.
    let rows = query(concat!(
        "SELECT head.*, known.node AS known_node, known.committed_at AS known_at, entry.number AS entry, entry.node, entry.said, entry.committed_at FROM (SELECT number AS head, ",
        database_millis!(),
        // On a server that only follows another one this is an error: what it has may be old.
        " AS time, SUBSTR(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline FROM feed_head WHERE one = 1) AS head LEFT JOIN feed AS known ON known.number = $1 LEFT JOIN feed AS entry ON entry.number > $1 AND entry.number <= $2 ORDER BY entry.number"
    ));
    let rows = rows.bind(number).bind(number.saturating_add(limit)).fetch_all(sql).await?;
    let first = rows.first().ok_or(Fault::Unreadable("a feed without a head"))?;
    let (node, committed_at): (Option<String>, Option<i64>) =
        (first.try_get("known_node")?, first.try_get("known_at")?);
    let head = Head {
        number: first.try_get("head")?,
        mark: node.zip(committed_at),
        time: first.try_get("time")?,
        timeline: first.try_get("timeline")?,
    };
    // Where there are none, one row says so.
    let entry = |row: &Row| {
        let Some(number) = row.try_get("entry")? else { return Ok(None) };
        let (node, said, committed_at) = (row.try_get("node")?, row.try_get("said")?, row.try_get("committed_at")?);
        Ok(Some(Entry { number, node, said, committed_at }))
    };
    let entries: Vec<Option<Entry>> = rows.iter().map(entry).collect::<Result<_, Fault>>()?;
    Ok((head, entries.into_iter().flatten().collect()))
}

/// How far the feed is.
pub(crate) async fn head(sql: &mut Connection) -> Result<Head, Fault> {
    Ok(behind(sql, 0, 0).await?.0)
}

/// Deletes entries from before a time, but the newest: by it, nodes know the feed again. Says how many.
pub(crate) async fn prune(sql: &mut Connection, before: Timestamp) -> Result<u64, Fault> {
    let query =
        query("DELETE FROM feed WHERE committed_at < $1 AND number < (SELECT number FROM feed_head WHERE one = 1)");
    let query = query.bind(before.millis());
    Ok(query.execute(sql).await?.rows_affected())
}
