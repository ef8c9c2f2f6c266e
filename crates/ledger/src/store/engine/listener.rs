//! Being woken when another node has changed something.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::timeout;

use crate::fault::Fault;

/// What a change is announced on.
pub(super) const CHANNEL: &str = "vestibule";
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

    /// Waits until something was changed.
    ///
    /// # Errors
    /// The connection is lost.
    pub(crate) async fn woken(&mut self) -> Result<(), Fault> {
        match self.0.try_recv().await? {
            Some(_) => Ok(()),
            None => Err(Fault::Closed),
        }
    }
}

/// Whether what is said is heard. Behind a pooler that gives a connection away after each transaction it is not.
pub(super) async fn is_heard(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(ECHO).await?;
    sqlx::query("SELECT pg_notify($1, '')").bind(ECHO).execute(pool).await?;
    let heard = timeout(Duration::from_secs(3), listener.try_recv()).await;
    Ok(matches!(heard, Ok(Ok(Some(_)))))
}
