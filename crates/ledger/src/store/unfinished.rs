//! The note in a store that is being filled from another one: whose copy it is, and how far. No server starts on it.

use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::Connection;
use super::engine::query;

/// A copy that is not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// Which installation is copied.
    pub(crate) source: String,
    /// Where that is, for people.
    pub(crate) name: String,
    /// The schema of both.
    pub(crate) schema: i64,
    /// How far it is.
    pub(crate) at: At,
}

/// How far a copy is: everything before is here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct At {
    /// The table.
    pub(crate) table: String,
    /// Its part.
    pub(crate) part: i64,
    /// The key of the last row that is here, a JSON list; empty before the first one.
    pub(crate) after: String,
}

/// The copy that is being made into this store, if one is.
pub(crate) async fn read(sql: &mut Connection) -> Result<Option<Unfinished>, Fault> {
    let row = query("SELECT source, name, schema, at_table, at_part, after FROM unfinished_copy WHERE one = 1");
    let Some(row) = row.fetch_optional(sql).await? else { return Ok(None) };
    let at = At { table: row.try_get("at_table")?, part: row.try_get("at_part")?, after: row.try_get("after")? };
    Ok(Some(Unfinished {
        source: row.try_get("source")?,
        name: row.try_get("name")?,
        schema: row.try_get("schema")?,
        at,
    }))
}

/// Notes that one begins.
pub(crate) async fn begin(sql: &mut Connection, copy: &Unfinished, now: Timestamp) -> Result<(), Fault> {
    query(
        "INSERT INTO unfinished_copy (one, source, name, schema, began_at, at_table, at_part, after) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(copy.source.as_str())
    .bind(copy.name.as_str())
    .bind(copy.schema)
    .bind(now.millis())
    .bind(copy.at.table.as_str())
    .bind(copy.at.part)
    .bind(copy.at.after.as_str())
    .execute(sql)
    .await?;
    Ok(())
}

/// Notes how far it is, in the transaction of the rows.
pub(crate) async fn is_at(sql: &mut Connection, at: &At) -> Result<(), Fault> {
    query("UPDATE unfinished_copy SET at_table = $1, at_part = $2, after = $3 WHERE one = 1")
        .bind(at.table.as_str())
        .bind(at.part)
        .bind(at.after.as_str())
        .execute(sql)
        .await?;
    Ok(())
}

/// It is finished, or given up.
pub(crate) async fn end(sql: &mut Connection) -> Result<(), Fault> {
    query("DELETE FROM unfinished_copy").execute(sql).await?;
    Ok(())
}
