//! Being woken by other nodes' changes, on a connection that may be lost, or say nothing more though it is there.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::fault::Fault;
use crate::store::{Listener, Store, Woken};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How much later a notification may come than what it tells of is found.
const LATE: Duration = Duration::from_millis(5);
/// How long nothing listens after none could be made: meanwhile the feed is looked at every heartbeat.
const REST: Duration = Duration::from_secs(2);

/// What listens, if anything does.
pub(super) struct Ears {
    listener: Option<Listener>,
    /// Not to be opened before.
    rests_until: Option<Instant>,
    was_woken: bool,
}

impl Ears {
    /// Nothing does yet.
    pub(super) const fn new() -> Self {
        Self { listener: None, rests_until: None, was_woken: true }
    }

    /// Listens, where nothing does; says whether it has just begun. What was said before is not heard.
    pub(super) async fn open(&mut self, store: &Store) -> bool {
        if self.listener.is_some() || self.rests_until.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        let listener = timeout(PATIENCE, store.listen()).await.ok().and_then(Result::ok).flatten();
        self.rests_until = listener.is_none().then(|| Instant::now() + REST);
        // What is found next may be from before, of which nobody tells.
        self.was_woken = true;
        self.set(listener);
        self.listener.is_some()
    }

    /// Something was found that others had changed. Without a notification of it, not even a moment later, what listens
    /// hears nothing any more, and is given up.
    pub(super) async fn have_missed_nothing(&mut self) -> Option<Woken> {
        let listener = self.listener.as_mut().filter(|_| !self.was_woken)?;
        if let Ok(woken) = timeout(LATE, listener.woken()).await {
            return self.heard(woken);
        }
        tracing::debug!("something was changed without a notification: listening anew");
        self.set(None);
        None
    }

    /// Waits for somebody's word, and no longer than this.
    pub(super) async fn wait(&mut self, pause: Duration) -> Option<Woken> {
        let Some(listener) = &mut self.listener else {
            tokio::time::sleep(pause).await;
            self.was_woken = true;
            return None;
        };
        let woken = timeout(pause, listener.woken()).await;
        self.was_woken = woken.is_ok();
        self.heard(woken.ok()?)
    }

    fn heard(&mut self, woken: Result<Woken, Fault>) -> Option<Woken> {
        woken
            .inspect_err(|error| {
                tracing::warn!(%error, "notifications of other nodes' changes are lost; asking every heartbeat until they come again");
                metrics::counter!("vestibule_feed_listener_lost_total").increment(1);
                self.set(None);
            })
            .ok()
    }

    fn set(&mut self, listener: Option<Listener>) {
        metrics::gauge!("vestibule_feed_listening").set(if listener.is_some() { 1.0 } else { 0.0 });
        self.listener = listener;
    }
}
