//! SQLite in the data folder. One connection writes, four read; a reader never waits for the writer.
//!
//! WAL with `synchronous=FULL`: what is acknowledged has been synced to the disk and survives the machine's death.

use std::path::Path;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Transaction};

/// A reader that gets no connection in this time, or a writer that does not get the lock, fails with a 503.
const WAIT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const BEGIN: &str = "BEGIN IMMEDIATE";

/// The open file.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Pools {
    /// Opens the file, and makes it when there is none.
    pub(super) async fn open(path: &Path) -> Result<Self, sqlx::Error> {
        let writer = pool(options(path).create_if_missing(true), 1).await?;
        let readers = pool(options(path).read_only(true), READERS).await?;
        Ok(Self { writer, readers })
    }

    /// Opens the file as it is, which must be there, and never writes.
    pub(super) async fn open_to_read(path: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(WAIT);
        let readers = pool(options, 1).await?;
        Ok(Self { writer: readers.clone(), readers })
    }

    pub(super) async fn read(&self) -> Result<PoolConnection<Sqlite>, sqlx::Error> {
        self.readers.acquire().await
    }

    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        match self.writer.begin_with(BEGIN).await {
            // On a full disk SQLite rolls back by itself, and sqlx goes on counting a transaction that is no more: such
            // a connection can never write again (tried), so it makes room for a new one.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with(BEGIN).await
            }
            begun => begun,
        }
    }

    /// The last connection folds the write-ahead log into the file.
    pub(super) async fn close(&self) {
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

    use super::Pools;

    #[tokio::test]
    async fn what_is_committed_is_synced_to_the_disk() {
        async fn pragma(sql: &mut SqliteConnection, name: &str) -> String {
            let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(sql).await.unwrap();
            row.try_get::<i64, _>(0).map(|n| n.to_string()).or_else(|_| row.try_get(0)).unwrap()
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Pools::open(&folder.path().join("vestibule.db")).await.unwrap();
        let mut sql = store.write().await.unwrap();
        // A process that is killed loses nothing either way; a machine without power loses what was not synced.
        assert_eq!(pragma(&mut sql, "synchronous").await, "2", "FULL");
        assert_eq!(pragma(&mut sql, "journal_mode").await, "wal");
        assert_eq!(pragma(&mut sql, "foreign_keys").await, "1");
        drop(sql);
        let mut sql = store.read().await.unwrap();
        assert!(sqlx::query("CREATE TABLE t (a)").execute(&mut *sql).await.is_err(), "a reader writes");
    }
}
