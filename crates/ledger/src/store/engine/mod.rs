//! The engine: SQLite in the data folder, or PostgreSQL for many nodes. What differs between the two is in here; every
//! statement beside is written for both.

mod catalog;
mod connection;
mod held;
mod listener;
mod postgres;
mod query;
mod sqlite;

use std::path::PathBuf;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::Sqlite;

use crate::fault::{Fault, OpenError};
use crate::settings::PostgresSettings;

use super::schema::{self, Schema, SchemaError};
use super::unfinished;

pub(crate) use catalog::Column;
pub(crate) use connection::Connection;
use held::Held;
pub(crate) use listener::{Listener, Woken};
pub(crate) use query::{Query, Row, Value, query};

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
    Postgres(Box<postgres::Pools>),
}

impl Store {
    /// Opens the database, makes it when there is none, and brings its schema up to date.
    pub(crate) async fn open(place: Place) -> Result<Self, OpenError> {
        let opened = async {
            let store = Self::connect(&place).await?;
            if let Self::Postgres(pools) = &store
                && !pools.are_notifications_heard().await?
            {
                return Err(SchemaError::Failed(Fault::Deaf));
            }
            schema::migrate(&store).await?;
            let unfinished = unfinished::read(&mut store.read().await?).await?;
            Ok::<_, SchemaError>((store, unfinished))
        };
        match opened.await {
            Ok((store, None)) => Ok(store),
            Ok((_, Some(copy))) => Err(OpenError::Unfinished { path: place.name(), source_name: copy.name }),
            Err(error) => Err(error.of(&place)),
        }
    }

    /// Opens a database that is there, as it is: for looking.
    pub(crate) async fn look(settings: &PostgresSettings) -> Result<Self, OpenError> {
        let few = PostgresSettings { readers: 1, writers: 1, ..settings.clone() };
        let failed = |error: sqlx::Error| OpenError::Store { path: settings.to_string().into(), fault: error.into() };
        Ok(Self::Postgres(Box::new(postgres::Pools::open(&few).await.map_err(failed)?)))
    }

    /// Opens the database as it is; makes the file when there is none.
    pub(crate) async fn connect(place: &Place) -> Result<Self, Fault> {
        Ok(match place {
            Place::File(path) => Self::Sqlite(sqlite::Pools::open(path).await?),
            Place::Postgres(settings) => Self::Postgres(Box::new(postgres::Pools::open(settings).await?)),
        })
    }

    /// Opens the database to read, and changes nothing about it. A file must be there.
    pub(crate) async fn connect_to_read(place: &Place) -> Result<Self, Fault> {
        match place {
            Place::File(path) => Ok(Self::Sqlite(sqlite::Pools::open_to_read(path).await?)),
            Place::Postgres(_) => Self::connect(place).await,
        }
    }

    /// Brings the schema up to date, and says which it was.
    pub(crate) async fn migrate(&self, place: &Place) -> Result<Schema, OpenError> {
        schema::migrate(self).await.map_err(|error| error.of(place))
    }

    /// A connection that reads one moment, for as long as it is open: on PostgreSQL nobody can change anything meanwhile,
    /// and on a file nobody does who respects the folder's lock.
    pub(crate) async fn still(&self) -> Result<Connection, Fault> {
        let mut sql = match self {
            Self::Sqlite(pools) => Connection::SqliteReader(pools.read().await?),
            Self::Postgres(pools) => {
                let mut connection = pools.plain().await?;
                // Before the transaction begins: what it reads is from its first statement, also when that one waits.
                postgres::hold_changes(&mut connection).await?;
                connection.close_on_drop();
                Connection::PostgresReader(connection)
            }
        };
        let begin = match self {
            Self::Sqlite(_) => "BEGIN",
            // Between two of its questions whoever copies is busy elsewhere.
            Self::Postgres(_) => {
                "SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            }
        };
        sql.run(begin).await?;
        Ok(sql)
    }

    /// A write transaction in which a statement may take as long as it has to.
    pub(crate) async fn migrating(&self) -> Result<Connection, Fault> {
        Ok(match self {
            Self::Sqlite(pools) => Connection::SqliteWriter(pools.write().await?),
            Self::Postgres(pools) => Connection::PostgresWriter(pools.migrating().await?),
        })
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

    /// A connection that reads and writes beside all changes: for what is nobody's change, such as leases.
    pub(crate) async fn plain(&self) -> Result<Connection, Fault> {
        match self {
            Self::Sqlite(pools) => Ok(Connection::SqliteWriter(pools.write().await?)),
            Self::Postgres(pools) => Ok(Connection::PostgresReader(pools.plain().await?)),
        }
    }

    /// The connection of whoever follows the other nodes, where there may be others. There is one, which he keeps.
    pub(crate) async fn follower(&self) -> Result<Option<Connection>, Fault> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(pools) => Ok(Some(Connection::PostgresReader(pools.follower().await?))),
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

    /// Asks every other node to say how far it is.
    pub(crate) async fn ask_nodes(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(pools) => Ok(pools.ask().await?),
        }
    }

    /// The connections to a database, by what they are for; none to a file.
    pub(crate) fn connections(&self) -> Vec<Connections> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(pools) => pools.connections().to_vec(),
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

    /// Has the database count what it plans statements by, after a lot has come at once. PostgreSQL would do so by itself,
    /// some minutes later.
    pub(crate) async fn count_rows_for_the_planner(&self, tables: &[&str]) {
        let Self::Postgres(pools) = self else { return };
        let counted = async {
            let mut sql = Connection::PostgresReader(pools.plain().await?);
            sql.run(sqlx::AssertSqlSafe(format!("ANALYZE {}", tables.join(", ")))).await
        };
        let _: Result<(), Fault> = counted.await;
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

/// The connections of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// What they are for: `readers`, `writers`, `nodes`, `follower` or `tallies`.
    pub purpose: &'static str,
    /// Those that somebody has.
    pub busy: u32,
    /// Those that wait for somebody.
    pub idle: u32,
    /// The most that there may be.
    pub most: u32,
}

/// What one node at a time does. The number stands for it among the database's advisory locks.
#[repr(i64)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Deleting what is over.
    Purge = 0x7665_7374_0001,
    /// Making and retiring signing keys when it is time.
    Keys = 0x7665_7374_0002,
    /// Being filled from another store.
    Copy = 0x7665_7374_0003,
}

/// The right to do some work. It is safe when two have it: it only saves work.
#[derive(Debug)]
pub(crate) struct Lease(Option<Held>);

impl Lease {
    /// Gives it back.
    pub(crate) async fn give_back(self) {
        if let Some(connection) = self.0 {
            connection.close().await;
        }
    }
}
