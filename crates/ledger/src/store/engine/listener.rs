//! Being woken when another node has changed something.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor as _, PgPool};
use tokio::time::timeout;

use crate::fault::Fault;

/// What a change is announced on.
pub(super) const CHANNEL: &str = "vestibule";
/// What is said there to have every node say how far it is.
const ASKED: &str = "asked";
/// What is heard here was said to find out whether anything is heard.
const ECHO: &str = "vestibule_echo";

/// How long a connection may take, and an echo.
const PATIENCE: Duration = Duration::from_secs(3);

/// A connection that listens.
pub(crate) struct Listener(PgListener);

impl Listener {
    pub(super) async fn open(options: &PgConnectOptions) -> Result<Self, Fault> {
        Ok(Self(listen(options, CHANNEL).await?))
    }

    /// Waits until something was changed, or somebody waits for this node. What else was said meanwhile is heard with it:
    /// one look at the feed finds all of it.
    ///
    /// # Errors
    /// The connection is lost.
    pub(crate) async fn woken(&mut self) -> Result<Woken, Fault> {
        let mut is_asked = self.next().await?;
        // Whatever has arrived by now, without waiting for more.
        while let Ok(next) = timeout(Duration::ZERO, self.next()).await {
            is_asked |= next?;
        }
        Ok(if is_asked { Woken::Asked } else { Woken::Changed })
    }

    /// Whether the next word is that somebody waits for this node.
    async fn next(&mut self) -> Result<bool, Fault> {
        let word = self.0.try_recv().await?.ok_or(Fault::Closed)?;
        Ok(word.payload() == ASKED)
    }
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Something was changed.
    Changed,
    /// Somebody waits until every node has said how far it is.
    Asked,
}

/// Asks every node how far it is.
pub(super) async fn ask(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(ASKED).execute(pool).await.map(drop)
}

/// With a pool of its own: a listener that is dropped says goodbye first, and where nobody answers, its connection is
/// lost to the pool until TCP gives up.
async fn listen(options: &PgConnectOptions, channel: &str) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
    let mut listener = PgListener::connect_with(&pool.connect_lazy_with(options.clone())).await?;
    listener.eager_reconnect(false);
    listener.listen(channel).await?;
    Ok(listener)
}

/// Whether what is said is heard. Behind a pooler that gives a connection away after each transaction it is not.
pub(super) async fn is_heard(options: &PgConnectOptions, pool: &PgPool) -> Result<bool, sqlx::Error> {
    let mut listener = listen(options, ECHO).await?;
    // Without a prepared statement, which such a pooler may not know again.
    match pool.acquire().await?.execute(AssertSqlSafe(format!("NOTIFY {ECHO}"))).await {
        Ok(_) => {}
        // It was told itself: the pooler has given it the connection that listens.
        Err(sqlx::Error::Protocol(_)) => return Ok(false),
        Err(error) => return Err(error),
    }
    let heard = timeout(PATIENCE, listener.try_recv()).await;
    Ok(matches!(heard, Ok(Ok(Some(_)))))
}
