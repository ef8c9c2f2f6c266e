//! Follows the feed: obeys what other nodes have changed, in order, and says until when memory is whole.
//!
//! A notification only wakes it. What it obeys it reads from the feed itself, behind the last number that it has obeyed:
//! so a notification that is lost costs a heartbeat, and one that comes twice nothing. Memory is whole as of the moment at
//! which the question was *sent* that brought nothing more.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use vestibule_gate::time::Timestamp;

use crate::cluster;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::signing;
use crate::store::{Woken, feed, nodes};

use super::Said;
use super::say_so::SayingSo;

/// How long it waits for a notification before it asks all the same.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// An answer that takes longer is as good as none: the connection is given up, and a new one asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// Entries a question.
const BATCH: i64 = 500;

/// Follows until the process ends.
pub(crate) async fn run(ledger: Ledger) {
    count_from_zero();
    let mut listener = None;
    let mut follower = Follower { ledger: ledger.clone(), saying: SayingSo::default(), is_lost: false };
    loop {
        follower.catch_up().await;
        if listener.is_none() {
            listener = timeout(PATIENCE, ledger.store().listen()).await.ok().and_then(Result::ok).flatten();
            metrics::gauge!("vestibule_feed_listening").set(if listener.is_some() { 1.0 } else { 0.0 });
        }
        let pause = heartbeat(&ledger).min(follower.saying.is_due_in(ledger.node().applied()));
        match &mut listener {
            Some(listening) => match timeout(pause, listening.woken()).await {
                Ok(Ok(Woken::Asked)) => follower.saying.is_asked(),
                Ok(Ok(Woken::Changed)) | Err(_) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "notifications of other nodes' changes are lost; asking every heartbeat until they come again");
                    metrics::counter!("vestibule_feed_listener_lost_total").increment(1);
                    metrics::gauge!("vestibule_feed_listening").set(0.0);
                    listener = None;
                }
            },
            None => tokio::time::sleep(pause).await,
        }
    }
}

/// What is not there cannot be seen to rise.
fn count_from_zero() {
    for counter in [
        "vestibule_feed_obeyed_total",
        "vestibule_feed_everything_total",
        "vestibule_feed_listener_lost_total",
        "vestibule_stale_reads_total",
    ] {
        metrics::counter!(counter).increment(0);
    }
}

/// Often enough that memory is whole again well before it may not be believed any more.
fn heartbeat(ledger: &Ledger) -> Duration {
    let staleness = ledger.node().max_staleness().unwrap_or(HEARTBEAT);
    // Nothing is believed without staleness, so nothing depends on it; what is behind is dropped all the same.
    if staleness.is_zero() { HEARTBEAT } else { HEARTBEAT.min(staleness / 4) }
}

struct Follower {
    ledger: Ledger,
    saying: SayingSo,
    is_lost: bool,
}

impl Follower {
    async fn catch_up(&mut self) {
        let caught_up = timeout(PATIENCE * 4, self.read_all()).await.unwrap_or(Err(Fault::Slow));
        match caught_up {
            Ok(sent) => {
                self.ledger.live().freshness().whole_at(sent);
                self.say_so().await;
                if std::mem::take(&mut self.is_lost) {
                    tracing::info!("what other nodes change is known again");
                }
            }
            Err(fault) if !std::mem::replace(&mut self.is_lost, true) => {
                tracing::error!(%fault, "what other nodes change is not known; after [cluster] max_staleness every request reads the store");
            }
            Err(_) => {}
        }
    }

    /// Obeys everything; says when the last question was sent, which brought nothing that was not obeyed.
    async fn read_all(&mut self) -> Result<Instant, Fault> {
        loop {
            let sent = Instant::now();
            let applied = self.ledger.node().applied();
            let read = timeout(PATIENCE, async {
                let mut sql = self.ledger.store().plain().await?;
                feed::behind(&mut sql, applied, BATCH).await
            });
            let (head, entries) = read.await.map_err(|_| Fault::Slow)??;
            metrics::gauge!("vestibule_feed_lag").set((head - applied).max(0) as f64);
            let count = entries.len() as i64;
            self.obey(applied, head, entries).await?;
            metrics::gauge!("vestibule_feed_lag").set((head - self.ledger.node().applied()).max(0) as f64);
            if count < BATCH {
                return Ok(sent);
            }
            // Somebody who is far behind is there all the same.
            self.say_so().await;
        }
    }

    async fn obey(&self, mut applied: i64, head: i64, entries: Vec<feed::Entry>) -> Result<(), Fault> {
        let is_behind_all_that_is_kept = entries.is_empty() && head != applied;
        if is_behind_all_that_is_kept {
            tracing::warn!(applied, head, "the feed does not reach back to here: everything in memory is forgotten");
            self.forget_everything().await?;
            self.ledger.node().has_applied(head);
            return Ok(());
        }
        for entry in entries {
            if entry.number != applied + 1 {
                tracing::warn!(
                    applied,
                    next = entry.number,
                    "entries of the feed are missing: everything in memory is forgotten"
                );
                self.forget_everything().await?;
            }
            if entry.node != self.ledger.node().id() {
                self.do_as_told(&Said::read(&entry.said)).await?;
                metrics::counter!("vestibule_feed_obeyed_total").increment(1);
                let delay = (self.ledger.now().millis() - entry.committed_at.millis()).max(0);
                metrics::histogram!("vestibule_feed_delay_seconds").record(Duration::from_millis(delay.unsigned_abs()));
            }
            applied = entry.number;
            self.ledger.node().has_applied(applied);
        }
        Ok(())
    }

    async fn forget_everything(&self) -> Result<(), Fault> {
        metrics::counter!("vestibule_feed_everything_total").increment(1);
        self.do_as_told(&Said::EVERYTHING).await
    }

    /// Keys first: what is verified again must not be verified by a key that is gone.
    async fn do_as_told(&self, all: &[Said]) -> Result<(), Fault> {
        if all.contains(&Said::Keys) {
            signing::read_again(&self.ledger).await?;
        }
        for said in all {
            if let Said::Forget(forget) = said {
                self.ledger.live().table().forget(*forget);
            }
        }
        Ok(())
    }

    async fn say_so(&mut self) {
        match self.saying.say_so(&self.ledger, PATIENCE).await {
            Ok(()) => self.ledger.node().is_following_now(),
            Err(fault) => tracing::warn!(%fault, "the other nodes could not be told how far this one is"),
        }
    }
}

/// How long entries are kept: a node that was silent for longer forgets everything.
const KEPT: vestibule_gate::time::Span = vestibule_gate::time::Span::from_seconds(15 * 60);

/// Deletes what no node needs.
pub(crate) async fn prune(ledger: &Ledger, now: Timestamp) -> Result<(), Fault> {
    let mut sql = ledger.store().plain().await?;
    feed::prune(&mut sql, now.minus(KEPT)).await?;
    nodes::prune(&mut sql, cluster::millis(cluster::KEPT)).await
}
