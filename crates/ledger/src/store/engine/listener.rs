//! Being woken when another node has changed something.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::timeout;

use crate::fault::Fault;

/// What a change is announced on.
pub(super) const CHANNEL: &str = "vestibule";
/// What is said there to have every node say how far it is.
const ASKED: &str = "asked";
/// What is heard here was said to find out whether anything is heard.
const ECHO: &str = "vestibule_echo";

/// A connection that listens.
pub(crate) struct Listener(PgListener);

impl Listener {
    pub(super) async fn open(pool: &PgPool) -> Result<Self, Fault> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// Waits until something was changed, or somebody waits for this node. What else was said meanwhile is heard with it:
    /// one look at the feed finds all of it.
    ///
    /// # Errors
    /// The connection is lost.
    pub(crate) async fn woken(&mut self) -> Result<Woken, Fault> {
        let first = self.0.try_recv().await?.ok_or(Fault::Closed)?;
        let mut is_asked = first.payload() == ASKED;
        while let Some(next) = self.0.next_buffered() {
            is_asked |= next.payload() == ASKED;
        }
        Ok(if is_asked { Woken::Asked } else { Woken::Changed })
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

/// Whether what is said is heard. Behind a pooler that gives a connection away after each transaction it is not.
pub(super) async fn is_heard(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(ECHO).await?;
    sqlx::query("SELECT pg_notify($1, '')").bind(ECHO).execute(pool).await?;
    let heard = timeout(Duration::from_secs(3), listener.try_recv()).await;
    Ok(matches!(heard, Ok(Ok(Some(_)))))
}
