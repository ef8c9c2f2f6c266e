//! The engine: SQLite in the data folder, or PostgreSQL for many nodes. What differs between the two is in here; every
//! statement beside is written for both.

mod connection;
mod postgres;
mod query;
mod sqlite;

use std::path::PathBuf;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::Sqlite;

use crate::fault::{Fault, OpenError};
use crate::settings::PostgresSettings;

use super::schema::{self, SchemaError};

pub(crate) use connection::Connection;
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
                Place::Postgres(settings) => Self::Postgres(postgres::Pools::open(&settings).await?),
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
