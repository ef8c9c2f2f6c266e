//! Reads and writes rows of any of our tables.

use serde_json::Value as Json;
use sqlx::AssertSqlSafe;

use crate::fault::Fault;
use crate::store::engine::{Column, Row, Value};
use crate::store::{Connection, query};

use super::tables::Table;

/// Parameters a statement: SQLite takes 32,766 of them.
const PARAMETERS: usize = 30_000;

/// The cells of a row, in the order of [`Layout::columns`].
pub(super) type Cells = Vec<Value<'static>>;

/// A table with its columns.
pub(super) struct Layout {
    table: &'static Table,
    columns: Vec<Column>,
    /// Where the columns of the primary key are among them, in its order.
    key: Vec<usize>,
}

impl Layout {
    pub(super) async fn read(table: &'static Table, sql: &mut Connection) -> Result<Self, Fault> {
        let columns = sql.columns(table.name).await?;
        // They become part of statements.
        let is_plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let mut key: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].key > 0).collect();
        key.sort_by_key(|at| columns[*at].key);
        if key.is_empty() || !columns.iter().all(|column| is_plain(&column.name)) {
            return Err(Fault::Unreadable("a table that is not as this program made it"));
        }
        Ok(Self { table, columns, key })
    }

    pub(super) fn name(&self) -> &'static str {
        self.table.name
    }

    pub(super) fn parts(&self) -> usize {
        self.table.parts.len()
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn key_of(&self, row: &Cells) -> Cells {
        self.key.iter().map(|at| row[*at].clone()).collect()
    }

    /// The rows of a part behind a key, in the order of the keys; from the first one on behind none.
    pub(super) async fn behind(
        &self,
        sql: &mut Connection,
        part: usize,
        after: &Cells,
        limit: usize,
    ) -> Result<Vec<Cells>, Fault> {
        let names = |columns: &mut dyn Iterator<Item = &Column>| {
            columns.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let key = names(&mut self.key.iter().map(|at| &self.columns[*at]));
        let behind =
            if after.is_empty() { String::new() } else { format!(" AND ({key}) > ({})", marks(0, after.len())) };
        let text = format!(
            "SELECT {} FROM {} WHERE {}{behind} ORDER BY {key} LIMIT {}",
            names(&mut self.columns.iter()),
            self.name(),
            self.table.parts[part],
            limit.min(PARAMETERS / self.columns.len()),
        );
        let statement = after.iter().cloned().fold(query(AssertSqlSafe(text)), |query, value| query.bind(value));
        statement.fetch_all(sql).await?.iter().map(|row| self.cells(row)).collect()
    }

    fn cells(&self, row: &Row) -> Result<Cells, Fault> {
        let read = |column: &Column| {
            Ok(if column.is_number {
                Value::Number(row.try_get(&column.name)?)
            } else {
                Value::from(row.try_get::<Option<String>>(&column.name)?)
            })
        };
        self.columns.iter().map(read).collect()
    }

    /// Writes rows.
    pub(super) async fn insert(&self, sql: &mut Connection, rows: Vec<Cells>) -> Result<(), Fault> {
        let width = self.columns.len();
        let columns = self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let rows_of_marks = (0..rows.len()).map(|at| format!("({})", marks(at * width, width))).collect::<Vec<_>>();
        let text = format!("INSERT INTO {} ({columns}) VALUES {}", self.name(), rows_of_marks.join(", "));
        let statement = rows.into_iter().flatten().fold(query(AssertSqlSafe(text)), |query, value| query.bind(value));
        statement.execute(sql).await?;
        Ok(())
    }
}

/// `$3, $4`: so many parameters behind the first ones.
fn marks(behind: usize, count: usize) -> String {
    (behind + 1..=behind + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

/// A key as it is noted.
pub(super) fn write(key: &Cells) -> String {
    let json = |value: &Value<'_>| match value {
        Value::Text(text) => Json::from(text.as_deref()),
        Value::Number(number) => Json::from(*number),
    };
    Json::Array(key.iter().map(json).collect()).to_string()
}

/// A key as it was noted.
pub(super) fn read(text: &str) -> Result<Cells, Fault> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = || Fault::Unreadable("the note of an unfinished copy");
    let key: Vec<Json> = serde_json::from_str(text).map_err(|_| wrong())?;
    let value = |json: Json| match json {
        Json::String(text) => Ok(Value::from(text)),
        Json::Number(number) => number.as_i64().map(Value::from).ok_or_else(wrong),
        _ => Err(wrong()),
    };
    key.into_iter().map(value).collect()
}
