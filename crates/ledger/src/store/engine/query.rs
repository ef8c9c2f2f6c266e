//! A statement with its parameters, and a row of what it gave: one form for both engines, which sqlx speaks to.

use std::borrow::Cow;

use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, SqlSafeStr, SqlStr, Type};

use super::Connection;
use super::held::answered;

/// A statement. Everything in its text is ours; what is anybody else's is bound.
pub(crate) fn query<'q>(text: impl SqlSafeStr) -> Query<'q> {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

/// A statement and its parameters so far.
#[must_use = "a statement that is not run changes nothing"]
pub(crate) struct Query<'q> {
    text: SqlStr,
    values: Vec<Value<'q>>,
}

/// What a parameter can be: there are texts and whole numbers in every table, and nothing else.
#[derive(Debug, Clone)]
pub(crate) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Number(Option<i64>),
}

/// A statement as sqlx knows it, for one engine.
macro_rules! bound {
    ($query:expr) => {{
        let Query { text, values } = $query;
        let mut query = sqlx::query(text);
        for value in values {
            query = match value {
                Value::Text(text) => query.bind(text.map(Cow::into_owned)),
                Value::Number(number) => query.bind(number),
            };
        }
        query
    }};
}

/// Runs it on whatever the connection is.
macro_rules! on {
    ($query:expr, $connection:expr, $how:ident, $row:expr, $sqlite:expr, $postgres:expr) => {
        match $connection {
            Connection::SqliteReader(sql) => bound!($query).$how(&mut **sql).await.map($sqlite),
            Connection::SqliteWriter(sql) => bound!($query).$how(&mut **sql).await.map($sqlite),
            Connection::PostgresReader(held) | Connection::PostgresWriter(held) => {
                let query = bound!($query);
                answered!(held, None, |sql| query.$how(sql)).map($postgres)
            }
        }
    };
}

impl<'q> Query<'q> {
    /// The next parameter.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it; nothing is read.
    pub(crate) async fn execute(self, connection: &mut Connection) -> Result<Done, sqlx::Error> {
        on!(self, connection, execute, Done, |done| Done(done.rows_affected()), |done| Done(done.rows_affected()))
    }

    /// The one row.
    pub(crate) async fn fetch_one(self, connection: &mut Connection) -> Result<Row, sqlx::Error> {
        on!(self, connection, fetch_one, Row, Row::Sqlite, Row::Postgres)
    }

    /// The row, if there is one.
    pub(crate) async fn fetch_optional(self, connection: &mut Connection) -> Result<Option<Row>, sqlx::Error> {
        on!(self, connection, fetch_optional, Row, |row| row.map(Row::Sqlite), |row| row.map(Row::Postgres))
    }

    /// Every row.
    pub(crate) async fn fetch_all(self, connection: &mut Connection) -> Result<Vec<Row>, sqlx::Error> {
        on!(self, connection, fetch_all, Row, |rows| rows.into_iter().map(Row::Sqlite).collect(), |rows| rows
            .into_iter()
            .map(Row::Postgres)
            .collect())
    }
}

/// How much was changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done(u64);

impl Done {
    /// Rows.
    pub(crate) fn rows_affected(self) -> u64 {
        self.0
    }
}

/// A row of a result.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A column's value. What is not of that type is an error, as is a column that is not there.
    pub(crate) fn try_get<'r, T>(&'r self, column: &str) -> Result<T, sqlx::Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(Cow::Owned(text)))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Cow::Owned))
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }
}
