//! PostgreSQL, which many nodes share. One change at a time, of all nodes: a lock that the database holds for the
//! transaction makes them follow each other, as SQLite's one writer does.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::{Executor as _, Transaction};

use crate::fault::Fault;
use crate::settings::PostgresSettings;

use super::listener::{self, CHANNEL, Listener};

/// The number that stands for "a change of Vestibule's is open" among the database's advisory locks.
const CHANGES: i64 = 0x7665_7374_6962_756c;
/// Whoever gets no connection in this time fails with a 503: a proxy waits no longer either.
const WAIT: Duration = Duration::from_secs(2);

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    writers: PgPool,
    readers: PgPool,
    /// What nodes say to each other, which must not wait for anything else: one listens, one asks, two hold a lease, and
    /// one is for the work that a lease is for.
    nodes: PgPool,
    /// What may be lost when the database crashes, beside all changes.
    tallies: PgPool,
}

impl Pools {
    /// Connects.
    pub(super) async fn open(settings: &PostgresSettings) -> Result<Self, sqlx::Error> {
        let options = options(settings)?;
        // A change waits for another one's end where it has a connection and no more: the lock is what takes time.
        let writers = pool(options.clone(), settings, settings.writers).await?;
        let reads_only = options.clone().options([("default_transaction_read_only", "on")]);
        let readers = pool(reads_only, settings, settings.readers).await?;
        let nodes = pool(options.clone(), settings, 5).await?;
        let tallies = pool(options.clone().options([("synchronous_commit", "off")]), settings, 2).await?;
        Ok(Self { writers, readers, nodes, tallies })
    }

    /// Whether notifications come through.
    pub(super) async fn are_notifications_heard(&self) -> Result<bool, sqlx::Error> {
        listener::is_heard(&self.nodes).await
    }

    pub(super) async fn listen(&self) -> Result<Listener, Fault> {
        Listener::open(&self.nodes).await
    }

    /// A connection that reads and writes beside all changes.
    pub(super) async fn plain(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        self.nodes.acquire().await
    }

    /// A connection that counts: it waits for no disk.
    pub(super) async fn tally(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        self.tallies.acquire().await
    }

    pub(super) async fn read(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        self.readers.acquire().await
    }

    pub(super) async fn write(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let mut transaction = self.writers.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(CHANGES).execute(&mut *transaction).await?;
        Ok(transaction)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.nodes.close().await;
        self.tallies.close().await;
        self.writers.close().await;
    }
}

/// Announces a change, when its transaction commits.
pub(super) async fn announce(transaction: &mut Transaction<'static, Postgres>) -> Result<(), sqlx::Error> {
    // PostgreSQL's notifications are one at a time among commits, and so are our changes.
    sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&mut **transaction).await?;
    Ok(())
}

/// A lock on a kind of work, held as long as the connection is. Whether somebody else has it.
pub(super) async fn lease(connection: &mut PoolConnection<Postgres>, work: i64) -> Result<bool, sqlx::Error> {
    use sqlx::Row as _;
    let row = sqlx::query("SELECT pg_try_advisory_lock($1) AS is_ours").bind(work).fetch_one(&mut **connection).await?;
    row.try_get("is_ours")
}

fn options(settings: &PostgresSettings) -> Result<PgConnectOptions, sqlx::Error> {
    let options: PgConnectOptions = settings.url.expose().parse()?;
    let timeout = settings.statement_timeout.as_millis().to_string();
    Ok(options.application_name("vestibule").options([
        ("statement_timeout", timeout.as_str()),
        ("lock_timeout", &timeout),
        // Behind the lock a change must see what the one before it has committed, whatever the database's own default is.
        ("default_transaction_isolation", "read committed"),
        // A client that is gone must not hold the lock.
        ("idle_in_transaction_session_timeout", &timeout),
        // What is acknowledged is on the disk, whatever the database's own default is; `remote_apply` and the like, for
        // a standby, are the operator's to set for the database and are stronger.
    ]))
}

async fn pool(options: PgConnectOptions, settings: &PostgresSettings, connections: u32) -> Result<PgPool, sqlx::Error> {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(WAIT.min(settings.statement_timeout))
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute("SET client_min_messages TO warning").await.map(|_| ()) })
        })
        .connect_with(options)
        .await
}
