//! The engine: SQLite in the data folder, or PostgreSQL for many nodes. What differs between the two is in here; every
//! statement beside is written for both.

mod connection;
mod listener;
mod postgres;
mod query;
mod sqlite;

use std::path::PathBuf;

use sqlx::pool::PoolConnection;
use sqlx::postgres::Postgres;
use sqlx::sqlite::Sqlite;

use crate::fault::{Fault, OpenError};
use crate::settings::PostgresSettings;

use super::schema::{self, SchemaError};

pub(crate) use connection::Connection;
pub(crate) use listener::Listener;
pub(crate) use query::{Row, query};

/// Where the truth is kept.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// In a file of the data folder, for this process alone.
    File(PathBuf),
    /// In a PostgreSQL, for every node that has its URL.
    Postgres(PostgresSettings),
}

impl Place {
    /// What an operator knows it by.
    pub(crate) fn name(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Postgres(settings) => settings.to_string().into(),
        }
    }
}

/// The open database.
#[derive(Debug, Clone)]
pub(crate) enum Store {
    Sqlite(sqlite::Pools),
    Postgres(postgres::Pools),
}

impl Store {
    /// Opens the database, makes it when there is none, and brings its schema up to date.
    pub(crate) async fn open(place: Place) -> Result<Self, OpenError> {
        let path = place.name();
        let opened = async {
            let store = match place {
                Place::File(path) => Self::Sqlite(sqlite::Pools::open(&path).await?),
                Place::Postgres(settings) => {
                    let pools = postgres::Pools::open(&settings).await?;
                    if !pools.are_notifications_heard().await? {
                        return Err(SchemaError::Failed(Fault::Deaf));
                    }
                    Self::Postgres(pools)
                }
            };
            schema::migrate(&store).await?;
            Ok::<_, SchemaError>(store)
        };
        match opened.await {
            Ok(store) => Ok(store),
            Err(SchemaError::Newer { found, known }) => Err(OpenError::Newer { path, found, known }),
            Err(SchemaError::Failed(fault)) => Err(OpenError::Store { path, fault }),
        }
    }

    /// A connection to read with. What it reads was true at one moment after the call.
    pub(crate) async fn read(&self) -> Result<Connection, Fault> {
        Ok(match self {
            Self::Sqlite(pools) => Connection::SqliteReader(pools.read().await?),
            Self::Postgres(pools) => Connection::PostgresReader(pools.read().await?),
        })
    }

    /// The one write transaction, of all nodes. Others wait for it, some seconds at most.
    pub(crate) async fn write(&self) -> Result<Connection, Fault> {
        Ok(match self {
            Self::Sqlite(pools) => Connection::SqliteWriter(pools.write().await?),
            Self::Postgres(pools) => Connection::PostgresWriter(pools.write().await?),
        })
    }

    /// A connection that reads and writes beside all changes: for what nodes say of themselves.
    pub(crate) async fn plain(&self) -> Result<Connection, Fault> {
        match self {
            Self::Sqlite(pools) => Ok(Connection::SqliteWriter(pools.write().await?)),
            Self::Postgres(pools) => Ok(Connection::PostgresReader(pools.plain().await?)),
        }
    }

    /// A connection that counts what several nodes count together, beside all changes; `None` where there is one node, which
    /// counts in memory. A crash of the database may forget the last half second of it.
    pub(crate) async fn tally(&self) -> Result<Option<Connection>, Fault> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(pools) => Ok(Some(Connection::PostgresReader(pools.tally().await?))),
        }
    }

    /// Somebody to be woken by, where other nodes may change something.
    pub(crate) async fn listen(&self) -> Result<Option<Listener>, Fault> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(pools) => Ok(Some(pools.listen().await?)),
        }
    }

    /// The right to do some work that one node at a time does; `None` while another one does it. It goes with the value.
    pub(crate) async fn lease(&self, work: Work) -> Result<Option<Lease>, Fault> {
        match self {
            Self::Sqlite(_) => Ok(Some(Lease(None))),
            Self::Postgres(pools) => {
                let mut connection = pools.plain().await?;
                let is_ours = postgres::lease(&mut connection, work as i64).await?;
                if !is_ours {
                    return Ok(None);
                }
                // With the connection goes whatever it holds, however the work ends.
                connection.close_on_drop();
                Ok(Some(Lease(Some(connection))))
            }
        }
    }

    /// A reader of the file, where there is one.
    pub(crate) async fn file_reader(&self) -> Result<Option<PoolConnection<Sqlite>>, Fault> {
        match self {
            Self::Sqlite(pools) => Ok(Some(pools.read().await?)),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pools) => pools.close().await,
            Self::Postgres(pools) => pools.close().await,
        }
    }
}

/// What one node at a time does. The number stands for it among the database's advisory locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Deleting what is over.
    Purge = 0x7665_7374_0001,
    /// Making and retiring signing keys when it is time.
    Keys = 0x7665_7374_0002,
}

/// The right to do some work. It is safe when two have it: it only saves work.
#[derive(Debug)]
pub(crate) struct Lease(Option<PoolConnection<Postgres>>);

impl Lease {
    /// Gives it back.
    pub(crate) async fn give_back(self) {
        if let Some(connection) = self.0 {
            let _ = connection.close().await;
        }
    }
}
