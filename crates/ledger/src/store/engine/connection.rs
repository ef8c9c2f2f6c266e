//! What statements run on.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::Sqlite;
use sqlx::{Executor as _, SqlSafeStr, Transaction};
use vestibule_gate::time::Timestamp;

use crate::fault::Fault;

use super::held::{Held, answered};
use super::postgres;

/// How long many statements may take together. Each has the server's own time-out.
const SCRIPT: Duration = Duration::from_secs(600);

/// A connection to read with, or the open transaction of a change. A change that is dropped without a commit never was.
#[derive(Debug)]
pub(crate) enum Connection {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteWriter(Transaction<'static, Sqlite>),
    PostgresReader(Held),
    PostgresWriter(Held),
}

impl Connection {
    /// Commits what was changed.
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::SqliteWriter(transaction) => transaction.commit().await?,
            Self::PostgresWriter(held) => held.commit().await?,
            Self::SqliteReader(_) | Self::PostgresReader(_) => {}
        }
        Ok(())
    }

    /// Tells the other nodes of a change when it is committed, where there are any. Says under which number.
    pub(crate) async fn announce(&mut self, node: &str, said: &str, now: Timestamp) -> Result<Option<i64>, Fault> {
        Ok(match self {
            Self::PostgresWriter(transaction) => Some(postgres::announce(transaction, node, said, now.millis()).await?),
            Self::PostgresReader(_) | Self::SqliteReader(_) | Self::SqliteWriter(_) => None,
        })
    }

    /// Runs many statements at once, without parameters.
    pub(crate) async fn run(&mut self, script: impl SqlSafeStr + Send) -> Result<(), Fault> {
        let script = sqlx::raw_sql(script);
        match self {
            Self::SqliteReader(sql) => _ = (&mut **sql).execute(script).await?,
            Self::SqliteWriter(sql) => _ = (&mut **sql).execute(script).await?,
            Self::PostgresReader(held) | Self::PostgresWriter(held) => {
                _ = answered!(held, Some(SCRIPT), |sql| sql.execute(script))?;
            }
        }
        Ok(())
    }
}
