//! Which tables and columns there are: each engine has its own words for that.

use crate::fault::Fault;

use super::{Connection, Row, query};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// A whole number, and not a text.
    pub(crate) is_number: bool,
    /// The place in the primary key, from 1 on; 0 for none.
    pub(crate) key: i64,
}

impl Connection {
    /// Whether other processes may have the database open.
    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::PostgresReader(_) | Self::PostgresWriter(_))
    }

    /// Whether there is a table of this name.
    pub(crate) async fn has_table(&mut self, name: &str) -> Result<bool, Fault> {
        Ok(self.tables().await?.iter().any(|table| table == name))
    }

    /// The names of all tables.
    pub(crate) async fn tables(&mut self) -> Result<Vec<String>, Fault> {
        let text = if self.is_shared() {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() \
             ORDER BY 1"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        };
        let rows = query(text).fetch_all(self).await?;
        Ok(rows.iter().map(|row| row.try_get("name")).collect::<Result<_, _>>()?)
    }

    /// The columns of a table, by their names.
    ///
    /// # Errors
    /// There are columns that are neither text nor whole numbers.
    pub(crate) async fn columns(&mut self, table: &str) -> Result<Vec<Column>, Fault> {
        let text = if self.is_shared() {
            "SELECT CAST(a.attname AS TEXT) AS name, format_type(a.atttypid, a.atttypmod) AS type, \
             CAST(COALESCE(array_position(CAST(i.indkey AS SMALLINT[]), a.attnum) + 1, 0) AS BIGINT) AS key \
             FROM pg_catalog.pg_attribute a \
             LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
             WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped"
        } else {
            "SELECT name, type, pk AS key FROM pragma_table_info($1)"
        };
        let rows = query(text).bind(table).fetch_all(self).await?;
        let mut columns = rows.iter().map(read).collect::<Result<Vec<Column>, Fault>>()?;
        columns.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(columns)
    }
}

fn read(row: &Row) -> Result<Column, Fault> {
    let kind: String = row.try_get("type")?;
    let is_number = match kind.to_ascii_uppercase().as_str() {
        "TEXT" => false,
        "BIGINT" => true,
        _ => return Err(Fault::Unreadable("a column that is neither TEXT nor BIGINT")),
    };
    Ok(Column { name: row.try_get("name")?, is_number, key: row.try_get("key")? })
}
