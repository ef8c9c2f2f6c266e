//! The nodes that share the store, as each says of itself. Times are the database's, so that clocks need not agree.

use std::fmt;

use crate::fault::Fault;

use super::Connection;
use super::engine::{Row, query};
use super::schema::KNOWN;

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
pub(crate) use database_millis;

/// Says that a node is there, and how far it is.
pub(crate) async fn is_there(
    sql: &mut Connection,
    id: &str,
    name: &str,
    version: &str,
    applied: i64,
) -> Result<(), Fault> {
    query(concat!(
        "INSERT INTO nodes (id, name, version, started_at, seen_at, applied, knows) VALUES ($1, $2, $3, ",
        database_millis!(),
        ", ",
        database_millis!(),
        ", $4, $5) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, applied = excluded.applied"
    ))
    .bind(id)
    .bind(name)
    .bind(version)
    .bind(applied)
    .bind(KNOWN)
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

/// For so many milliseconds after it last said so a node counts as running: one that was stopped takes its row away, and one
/// that was killed cannot.
pub(crate) const RUNS: i64 = 10_000;

/// A node that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LiveNode {
    name: String,
    version: String,
    /// The newest schema that its program knows.
    pub(crate) knows: i64,
}

impl fmt::Display for LiveNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (version {}, schema {})", self.name, self.version, self.knows)
    }
}

/// The nodes that run now. `say_what_they_know`: since schema 4 they do.
pub(crate) async fn live(sql: &mut Connection, say_what_they_know: bool) -> Result<Vec<LiveNode>, Fault> {
    macro_rules! live {
        ($knows:literal) => {
            concat!(
                "SELECT name, version, ",
                $knows,
                " AS knows FROM nodes WHERE seen_at > ",
                database_millis!(),
                " - $1 ORDER BY name, id"
            )
        };
    }
    let rows = if say_what_they_know { query(live!("knows")) } else { query(live!("CAST(3 AS BIGINT)")) };
    let read = |row: &Row| {
        Ok(LiveNode { name: row.try_get("name")?, version: row.try_get("version")?, knows: row.try_get("knows")? })
    };
    rows.bind(RUNS).fetch_all(sql).await?.iter().map(read).collect()
}

/// Forgets the nodes that have been silent for longer.
pub(crate) async fn prune(sql: &mut Connection, silent_for: i64) -> Result<(), Fault> {
    let query = query(concat!("DELETE FROM nodes WHERE seen_at < ", database_millis!(), " - $1"));
    query.bind(silent_for).execute(sql).await?;
    Ok(())
}
