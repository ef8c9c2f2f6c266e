//! A connection to PostgreSQL for which nobody waits for ever. Where packets are dropped, nothing is refused and nothing
//! ends: whoever waits for an answer gives up after a while, and the connection with it.
//!
//! sqlx waits as long as TCP does, a quarter of an hour, and when it takes a connection back, too, while which it counts
//! as one of the pool's. So both are done here.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, Postgres};
use sqlx::{Connection as _, Executor as _};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, error::Elapsed, timeout};

/// How long a connection may take that is given back.
const FAREWELL: Duration = Duration::from_secs(1);

/// A connection of a pool, with or without an open transaction.
#[derive(Debug)]
pub(crate) struct Held {
    /// `None` when it is given back.
    connection: Option<PoolConnection<Postgres>>,
    patience: Duration,
    is_in_transaction: bool,
    /// Something was asked, and the whole answer has not come. Whoever asked may have gone away meanwhile.
    is_unanswered: bool,
    /// Nobody else's turn before this is over.
    turn: Option<OwnedSemaphorePermit>,
    /// What the connection itself holds must go with it.
    ends: bool,
}

/// Asks something, as long as patience lasts.
macro_rules! answered {
    ($held:expr, $patience:expr, |$sql:ident| $ask:expr) => {{
        let held: &mut $crate::store::engine::held::Held = $held;
        let patience = $patience.unwrap_or_else(|| held.patience());
        let answer = match held.ask() {
            Ok($sql) => tokio::time::timeout(patience, $ask).await,
            Err(error) => Ok(Err(error)),
        };
        held.heard(answer)
    }};
}
pub(super) use answered;

impl Held {
    /// `patience`: how long it is waited for the answer to a statement.
    pub(super) fn new(connection: PoolConnection<Postgres>, patience: Duration) -> Self {
        Self {
            connection: Some(connection),
            patience,
            is_in_transaction: false,
            is_unanswered: false,
            turn: None,
            ends: false,
        }
    }

    /// The same with a turn, which lasts as long as the transaction.
    pub(super) fn with(mut self, turn: OwnedSemaphorePermit) -> Self {
        self.turn = Some(turn);
        self
    }

    /// Begins a transaction that holds a lock until its end. Others wait here for their turn.
    pub(super) async fn begin(&mut self, lock: i64) -> Result<(), sqlx::Error> {
        self.begin_by(format!("BEGIN; SELECT pg_advisory_xact_lock({lock})")).await
    }

    /// The same to change tables: others are waited for, and a statement may take as long as it has to, but a table is not.
    pub(super) async fn begin_to_migrate(&mut self, lock: i64) -> Result<(), sqlx::Error> {
        self.begin_by(format!(
            "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({lock}); \
             SET LOCAL lock_timeout TO DEFAULT"
        ))
        .await
    }

    async fn begin_by(&mut self, script: String) -> Result<(), sqlx::Error> {
        self.is_in_transaction = true;
        answered!(self, None, |sql| sql.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(script))))?;
        Ok(())
    }

    /// Commits. Without an answer, it may have been committed, and may still be.
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        answered!(&mut self, None, |sql| sql.execute(sqlx::raw_sql("COMMIT")))?;
        self.is_in_transaction = false;
        self.turn = None;
        Ok(())
    }

    /// Has the connection end when this is dropped, and with it whatever it holds.
    pub(super) const fn close_on_drop(&mut self) {
        self.ends = true;
    }

    /// Ends the connection, and with it whatever it holds.
    pub(super) async fn close(mut self) {
        if let Some(mut connection) = self.connection.take() {
            let goodbye = async {
                // The server needs a moment to notice the end; whoever waits for a lock sees this at once.
                connection.execute("SELECT pg_advisory_unlock_all()").await?;
                connection.close().await
            };
            let _ = timeout(FAREWELL, goodbye).await;
        }
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// For [`answered`]: the connection, of which nothing is known until the answer is [`Self::heard`].
    pub(super) fn ask(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        if self.is_unanswered {
            return Err(sqlx::Error::Io(io::ErrorKind::NotConnected.into()));
        }
        self.is_unanswered = true;
        self.connection.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    /// For [`answered`].
    pub(super) fn heard<T>(&mut self, answer: Result<Result<T, sqlx::Error>, Elapsed>) -> Result<T, sqlx::Error> {
        let answer = answer.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())));
        let is_cut_short = matches!(
            answer,
            Err(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed)
        );
        self.is_unanswered = is_cut_short;
        answer
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let runtime = Handle::try_current().ok().filter(|_| !self.is_unanswered);
        let Some(runtime) = runtime else {
            // No farewell: there may be nobody. What was open is rolled back when the server finds out.
            drop(connection.detach());
            return;
        };
        let (is_in_transaction, turn, ends) = (self.is_in_transaction, self.turn.take(), self.ends);
        runtime.spawn(async move {
            if ends {
                let _ = timeout(FAREWELL, connection.close()).await;
                return;
            }
            let rolled_back =
                async { if is_in_transaction { connection.execute("ROLLBACK").await.map(|_| ()) } else { Ok(()) } };
            let rolled_back = timeout(FAREWELL, rolled_back).await;
            drop(turn);
            match rolled_back {
                // Asks whether it is still there, which can last as well.
                Ok(Ok(())) => _ = timeout(FAREWELL, connection.return_to_pool()).await,
                Ok(Err(_)) | Err(_) => drop(connection.detach()),
            }
        });
    }
}

/// When a connection was found dead last. The way may have been cut for all: older ones are not tried, one second each,
/// but made anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Suspicion(Arc<Mutex<Option<Instant>>>);

impl Suspicion {
    /// Whether a connection that was idle still answers.
    pub(super) async fn is_there(&self, connection: &mut PgConnection, age: Duration) -> Result<bool, sqlx::Error> {
        let gone = || sqlx::Error::Io(io::ErrorKind::TimedOut.into());
        let found = *self.0.lock();
        if found.is_some_and(|found| found.elapsed() < age) {
            return Err(gone());
        }
        let Ok(answer) = timeout(FAREWELL, connection.ping()).await else {
            *self.0.lock() = Some(Instant::now());
            return Err(gone());
        };
        answer.map(|()| true)
    }
}
