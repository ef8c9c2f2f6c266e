//! PostgreSQL, which many nodes share. One change at a time, of all nodes: a lock that the database holds for the
//! transaction makes them follow each other, as SQLite's one writer does.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Executor as _, SqlSafeStr as _};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::settings::PostgresSettings;

use super::Connections;
use super::held::{Held, Suspicion, answered};
use super::listener::{self, CHANNEL, Listener};

/// The number that stands for "a change of Vestibule's is open" among the database's advisory locks.
const CHANGES: i64 = 0x7665_7374_6962_756c;
/// Whoever gets no connection in this time fails with a 503: a proxy waits no longer either.
const WAIT: Duration = Duration::from_secs(2);
/// How much longer than the server's own time-out a statement is waited for: then nobody is there who could say so.
const GRACE: Duration = Duration::from_secs(1);
/// How long a change may ask nothing: it never waits for anything but the database, and may make a key at most.
const IDLE: Duration = Duration::from_secs(2);
/// No statement of a migration takes longer.
const A_MIGRATION: Duration = Duration::from_secs(24 * 60 * 60);
/// How the server finds out that a node is gone without a word: it is asked after some seconds of silence, some times.
/// Otherwise what the node held, a lease, would stay held for hours.
const SILENCE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "25000"),
];

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    writers: PgPool,
    readers: PgPool,
    /// What one node at a time does, which must not wait for anything else: two hold a lease, one is for the work that a
    /// lease is for, and one for a node that begins or ends.
    nodes: PgPool,
    /// The one of whoever follows the other nodes. It belongs to the runtime on which that is done, so it is opened there.
    follower: PgPool,
    /// What may be lost when the database crashes, beside all changes.
    tallies: PgPool,
    /// For a connection that listens.
    options: PgConnectOptions,
    /// How long it is waited for the answer to a statement.
    patience: Duration,
    /// One change of this node waits at the database for its turn, and the others wait here. If the node goes without a
    /// word, the changes of all others wait until the database has ended those that it had there.
    turn: Arc<Semaphore>,
}

impl Pools {
    /// Connects.
    pub(super) async fn open(settings: &PostgresSettings) -> Result<Self, sqlx::Error> {
        let (options, suspicion) = (options(settings)?, Suspicion::default());
        // A change waits for another one's end where it has a connection and no more: the lock is what takes time.
        let pool = |more: &str, connections| pool(&suspicion, settings, more, connections);
        let open = |pool: PgPoolOptions| pool.min_connections(1).connect_with(options.clone());
        let writers = open(pool("", settings.writers)).await?;
        let readers = open(pool("SET default_transaction_read_only = on", settings.readers)).await?;
        let nodes = open(pool("", 4)).await?;
        let follower = pool("", 1).connect_lazy_with(options.clone());
        let tallies = open(pool("SET synchronous_commit = off", 2)).await?;
        let patience = settings.statement_timeout + GRACE;
        let turn = Arc::new(Semaphore::new(1));
        Ok(Self { writers, readers, nodes, follower, tallies, options, patience, turn })
    }

    /// Whether notifications come through.
    pub(super) async fn are_notifications_heard(&self) -> Result<bool, sqlx::Error> {
        listener::is_heard(&self.options, &self.nodes).await
    }

    pub(super) async fn listen(&self) -> Result<Listener, Fault> {
        Listener::open(&self.options).await
    }

    /// Asks every node how far it is. Not on the nodes' own connections, which whoever waits must not take from them.
    pub(super) async fn ask(&self) -> Result<(), sqlx::Error> {
        listener::ask(&self.readers).await
    }

    /// The connections, by what they are for.
    pub(super) fn connections(&self) -> [Connections; 5] {
        let count = |purpose, pool: &PgPool| {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX).min(pool.size());
            Connections { purpose, busy: pool.size() - idle, idle, most: pool.options().get_max_connections() }
        };
        [
            count("readers", &self.readers),
            count("writers", &self.writers),
            count("nodes", &self.nodes),
            count("follower", &self.follower),
            count("tallies", &self.tallies),
        ]
    }

    /// A connection that reads and writes beside all changes.
    pub(super) async fn plain(&self) -> Result<Held, sqlx::Error> {
        Ok(Held::new(self.nodes.acquire().await?, self.patience))
    }

    /// The connection of whoever follows the other nodes.
    pub(super) async fn follower(&self) -> Result<Held, sqlx::Error> {
        Ok(Held::new(self.follower.acquire().await?, self.patience))
    }

    /// A connection that counts: it waits for no disk.
    pub(super) async fn tally(&self) -> Result<Held, sqlx::Error> {
        Ok(Held::new(self.tallies.acquire().await?, self.patience))
    }

    pub(super) async fn read(&self) -> Result<Held, sqlx::Error> {
        Ok(Held::new(self.readers.acquire().await?, self.patience))
    }

    pub(super) async fn write(&self) -> Result<Held, sqlx::Error> {
        let held = Held::new(self.writers.acquire().await?, self.patience);
        let turn = timeout(self.patience, Arc::clone(&self.turn).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let mut held = held.with(turn);
        held.begin(CHANGES).await?;
        Ok(held)
    }

    /// The same for what changes tables. Another node may be at it, for as long as that takes; but a table that somebody
    /// reads is waited for no longer than usual, since everybody else would wait behind.
    pub(super) async fn migrating(&self) -> Result<Held, sqlx::Error> {
        let mut held = Held::new(self.writers.acquire().await?, A_MIGRATION);
        held.begin_to_migrate(CHANGES).await?;
        Ok(held)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.nodes.close().await;
        self.follower.close().await;
        self.tallies.close().await;
        self.writers.close().await;
    }
}

/// Adds an entry to the feed as a part of a change, under the next number, and has the others woken when it commits. In
/// one statement: every other change waits meanwhile. Returns the number.
pub(super) async fn announce(transaction: &mut Held, node: &str, said: &str, now: i64) -> Result<i64, sqlx::Error> {
    use sqlx::Row as _;
    // PostgreSQL's notifications are one at a time among commits, and so are our changes.
    let entry = sqlx::query(
        "WITH head AS (UPDATE feed_head SET number = number + 1 WHERE one = 1 RETURNING number), \
         entry AS (INSERT INTO feed (number, node, said, committed_at) SELECT number, $1, $2, $3 FROM head) \
         SELECT number, pg_notify($4, '') FROM head",
    );
    let entry = entry.bind(node).bind(said).bind(now).bind(CHANNEL);
    answered!(transaction, None, |sql| entry.fetch_one(sql))?.try_get("number")
}

/// A lock on a kind of work, held as long as the connection is. Whether somebody else has it.
pub(super) async fn lease(connection: &mut Held, work: i64) -> Result<bool, sqlx::Error> {
    use sqlx::Row as _;
    let lock = sqlx::query("SELECT pg_try_advisory_lock($1) AS is_ours").bind(work);
    answered!(connection, None, |sql| lock.fetch_one(sql))?.try_get("is_ours")
}

/// Keeps everybody from changing anything, as long as the connection is open.
pub(super) async fn hold_changes(connection: &mut Held) -> Result<(), sqlx::Error> {
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(CHANGES);
    answered!(connection, None, |sql| lock.execute(sql))?;
    Ok(())
}

fn options(settings: &PostgresSettings) -> Result<PgConnectOptions, sqlx::Error> {
    let options: PgConnectOptions = settings.url.expose().parse()?;
    // There are no floats in any table, and poolers refuse the parameter.
    Ok(options.application_name("vestibule").extra_float_digits(None))
}

/// What is acknowledged is on the disk, also where the database's own default is that it need not be. What is stronger, for a
/// standby, is the operator's to set.
const ON_THE_DISK: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// What every connection is told first. Not by startup parameters: poolers refuse them.
fn manners(settings: &PostgresSettings) -> String {
    let statement = settings.statement_timeout.as_millis();
    let idle = IDLE.min(settings.statement_timeout).as_millis();
    let silence: String = SILENCE.iter().map(|(name, value)| format!("SET {name} = {value};")).collect();
    // Behind the lock a change must see what the one before it has committed, whatever the database's own default is.
    format!(
        "SET client_min_messages = warning; SET default_transaction_isolation = 'read committed'; \
         SET statement_timeout = {statement}; SET lock_timeout = {statement}; \
         SET idle_in_transaction_session_timeout = {idle}; {silence}{ON_THE_DISK};"
    )
}

/// A server that only follows another one may be behind it: what is read there may be revoked.
async fn refuse_a_standby(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let follows = sqlx::raw_sql("SELECT 1 WHERE pg_is_in_recovery()");
    match connection.fetch_optional(follows).await? {
        None => Ok(()),
        Some(_) => {
            Err(sqlx::Error::Configuration("the server is a standby; [store] url must lead to the primary".into()))
        }
    }
}

/// Connections that are told `more` than all are.
fn pool(suspicion: &Suspicion, settings: &PostgresSettings, more: &str, connections: u32) -> PgPoolOptions {
    let manners = sqlx::AssertSqlSafe(manners(settings) + more).into_sql_str();
    let suspicion = suspicion.clone();
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT.min(settings.statement_timeout))
        .after_connect(move |connection, _| {
            let manners = manners.clone();
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(manners)).await?;
                refuse_a_standby(connection).await
            })
        })
        // sqlx's own test waits as long as it is waited for a connection, and finds out of one dead connection a time.
        .test_before_acquire(false)
        .before_acquire(move |connection, about| {
            let suspicion = suspicion.clone();
            Box::pin(async move { suspicion.is_there(connection, about.age).await })
        })
}
