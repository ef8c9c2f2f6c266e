//! The nodes that share the store, as each says of itself. Times are the database's, so that clocks need not agree.

use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Milliseconds since it last said that it is there.
    pub(crate) silent_for: i64,
    /// The newest entry of the feed that it has obeyed.
    pub(crate) applied: i64,
}

/// The database's clock, in milliseconds. PostgreSQL only: where the store is a file there is one node.
macro_rules! database_millis {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

/// Says that a node is there, and how far it is.
pub(crate) async fn is_there(
    sql: &mut Connection,
    id: &str,
    name: &str,
    version: &str,
    applied: i64,
) -> Result<(), Fault> {
    query(concat!(
        "INSERT INTO nodes (id, name, version, started_at, seen_at, applied) VALUES ($1, $2, $3, ",
        database_millis!(),
        ", ",
        database_millis!(),
        ", $4) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, applied = excluded.applied"
    ))
    .bind(id)
    .bind(name)
    .bind(version)
    .bind(applied)
    .execute(sql)
    .await?;
    Ok(())
}

/// Says that a node is gone.
pub(crate) async fn is_gone(sql: &mut Connection, id: &str) -> Result<(), Fault> {
    query("DELETE FROM nodes WHERE id = $1").bind(id).execute(sql).await?;
    Ok(())
}

/// How many nodes have said so lately, within so many milliseconds.
pub(crate) async fn count(sql: &mut Connection, within: i64) -> Result<i64, Fault> {
    let query = query(concat!("SELECT COUNT(*) AS nodes FROM nodes WHERE seen_at > ", database_millis!(), " - $1"));
    Ok(query.bind(within).fetch_one(sql).await?.try_get("nodes")?)
}

/// Every node that has said so lately, within so many milliseconds.
pub(crate) async fn list(sql: &mut Connection, within: i64) -> Result<Vec<NodeRow>, Fault> {
    let rows = query(concat!(
        "SELECT id, name, version, applied, ",
        database_millis!(),
        " - seen_at AS silent_for FROM nodes WHERE seen_at > ",
        database_millis!(),
        " - $1 ORDER BY name, id"
    ));
    let read = |row: &Row| {
        Ok(NodeRow {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            version: row.try_get("version")?,
            silent_for: row.try_get("silent_for")?,
            applied: row.try_get("applied")?,
        })
    };
    rows.bind(within).fetch_all(sql).await?.iter().map(read).collect()
}

/// Forgets the nodes that have been silent for longer.
pub(crate) async fn prune(sql: &mut Connection, silent_for: i64) -> Result<(), Fault> {
    let query = query(concat!("DELETE FROM nodes WHERE seen_at < ", database_millis!(), " - $1"));
    query.bind(silent_for).execute(sql).await?;
    Ok(())
}
