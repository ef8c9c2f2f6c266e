//! The engine: SQLite in the data folder. One connection writes, four read; a reader never waits for the writer.
//!
//! WAL with `synchronous=FULL`: what is acknowledged has been synced to the disk and survives the machine's death.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Pool, Transaction};

use crate::fault::{Fault, OpenError};

use super::schema;

/// What a statement runs on: a connection, or the transaction on one.
pub(crate) type Connection = SqliteConnection;
/// A row of a result.
pub(crate) type Row = sqlx::sqlite::SqliteRow;

/// A reader that gets no connection in this time, or a writer that does not get the lock, fails with a 503.
const WAIT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database, makes it when there is none, and brings its schema up to date.
    pub(crate) async fn open(path: PathBuf) -> Result<Self, OpenError> {
        let opened = async {
            let writer = pool(options(&path).create_if_missing(true), 1).await?;
            schema::migrate(&writer).await?;
            let readers = pool(options(&path).read_only(true), READERS).await?;
            Ok::<_, schema::SchemaError>((writer, readers))
        };
        match opened.await {
            Ok((writer, readers)) => Ok(Self { writer, readers }),
            Err(schema::SchemaError::Newer { found, known }) => Err(OpenError::Newer { path, found, known }),
            Err(schema::SchemaError::Sql(error)) => Err(OpenError::Store { path, fault: error.into() }),
        }
    }

    /// A connection to read with. What it reads was true at one moment after the call.
    pub(crate) async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, Fault> {
        Ok(self.readers.acquire().await?)
    }

    /// The one write transaction. Others wait for it, at most [`WAIT`].
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        match self.writer.begin_with(BEGIN).await {
            // On a full disk SQLite rolls back by itself, and sqlx goes on counting a transaction that is no more: such
            // a connection can never write again (tried), so it makes room for a new one.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Closes every connection; the last one folds the write-ahead log into the database.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT)
        // What is deleted or replaced is overwritten in its page, which is written anyway: a private key that was in the
        // clear, an address of somebody who is gone.
        .pragma("secure_delete", "fast")
        // Pages of 4 KiB: at most 8 MiB of cache a connection, taken only as it is used.
        .pragma("cache_size", "-8000")
}

async fn pool(options: SqliteConnectOptions, connections: u32) -> Result<Pool<Sqlite>, sqlx::Error> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await
}

#[cfg(test)]
mod tests {
    use sqlx::{Row as _, SqliteConnection};

    use super::Store;

    #[tokio::test]
    async fn what_is_committed_is_synced_to_the_disk() {
        async fn pragma(sql: &mut SqliteConnection, name: &str) -> String {
            let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(sql).await.unwrap();
            row.try_get::<i64, _>(0).map(|n| n.to_string()).or_else(|_| row.try_get(0)).unwrap()
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("vestibule.db")).await.unwrap();
        let mut sql = store.write().await.unwrap();
        // A process that is killed loses nothing either way; a machine without power loses what was not synced.
        assert_eq!(pragma(&mut sql, "synchronous").await, "2", "FULL");
        assert_eq!(pragma(&mut sql, "journal_mode").await, "wal");
        assert_eq!(pragma(&mut sql, "foreign_keys").await, "1");
        drop(sql);
        let mut sql = store.read().await.unwrap();
        assert!(sqlx::query("DELETE FROM users").execute(&mut *sql).await.is_err(), "a reader writes");
    }
}
