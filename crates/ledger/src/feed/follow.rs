//! Follows the feed: obeys what other nodes have changed, in order, and says until when memory is whole.
//!
//! A notification only wakes it. What it obeys it reads from the feed itself, behind the last number that it has obeyed:
//! so a notification that is lost costs a heartbeat, and one that comes twice nothing. Memory is whole as of the moment at
//! which the question was *sent* that brought nothing more.
//!
//! The first notification after a pause is followed at once. Where many come, the feed is read some times a second, however
//! many there are: what one change costs each node, and the database for each node, is less the more there are.

use std::time::Duration;

use tokio::time::{Instant, timeout};
use vestibule_gate::time::Timestamp;

use crate::cluster;
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::signing;
use crate::store::{Connection, Woken, feed, nodes};

use super::Said;
use super::say_so::SayingSo;

/// How long it waits for a notification before it asks all the same.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long after a question the next one is asked at the earliest.
const PACE: Duration = Duration::from_millis(5);
/// An answer that takes longer is as good as none: the connection is given up, and a new one asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// Entries a question.
const BATCH: i64 = 500;

/// Follows until the process ends.
pub(crate) async fn run(ledger: Ledger) {
    count_from_zero();
    let mut listener = None;
    let mut follower = Follower::new(ledger.clone());
    let mut was_woken = true;
    loop {
        let next = Instant::now() + PACE;
        let heard_of_others = follower.catch_up().await;
        if heard_of_others && !was_woken && listener.take().is_some() {
            tracing::debug!("something was changed without a notification: listening anew");
        }
        if listener.is_none() {
            listener = timeout(PATIENCE, ledger.store().listen()).await.ok().and_then(Result::ok).flatten();
            metrics::gauge!("vestibule_feed_listening").set(if listener.is_some() { 1.0 } else { 0.0 });
        }
        let pause = heartbeat(&ledger).min(follower.saying.is_due_in(ledger.node().applied()));
        was_woken = true;
        match &mut listener {
            Some(listening) => match timeout(pause, listening.woken()).await {
                Ok(Ok(Woken::Asked)) => follower.saying.is_asked(),
                Ok(Ok(Woken::Changed)) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "notifications of other nodes' changes are lost; asking every heartbeat until they come again");
                    metrics::counter!("vestibule_feed_listener_lost_total").increment(1);
                    metrics::gauge!("vestibule_feed_listening").set(0.0);
                    listener = None;
                }
                Err(_) => was_woken = false,
            },
            None => tokio::time::sleep(pause).await,
        }
        tokio::time::sleep_until(next).await;
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
    /// The connection to ask on, while nothing was wrong with it.
    sql: Option<Connection>,
    saying: SayingSo,
    is_lost: bool,
    /// Who has made the newest change that was obeyed, and when: by it, the feed is known again.
    mark: Option<(String, i64)>,
    /// The database's, when it was asked last.
    timeline: Option<String>,
}

impl Follower {
    fn new(ledger: Ledger) -> Self {
        Self { ledger, sql: None, saying: SayingSo::default(), is_lost: false, mark: None, timeline: None }
    }

    /// To be given back when it has answered: one that somebody gave up would answer the question before.
    async fn take_connection(&mut self) -> Result<Connection, Fault> {
        match self.sql.take() {
            Some(sql) => Ok(sql),
            None => self.ledger.store().feed().await,
        }
    }

    /// Says whether there was something of other nodes.
    async fn catch_up(&mut self) -> bool {
        let mut heard_of_others = false;
        let caught_up = timeout(PATIENCE * 4, self.read_all(&mut heard_of_others)).await.unwrap_or(Err(Fault::Slow));
        match caught_up {
            Ok(sent) => {
                // Nobody waits for a node of which nobody knows: its memory is not believed.
                if !self.ledger.node().is_following() {
                    self.say_so().await;
                }
                if self.ledger.node().is_following() {
                    self.ledger.live().freshness().whole_at(sent);
                }
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
        heard_of_others
    }

    /// Obeys everything; says when the last question was sent, which brought nothing that was not obeyed.
    async fn read_all(&mut self, heard_of_others: &mut bool) -> Result<Instant, Fault> {
        loop {
            let sent = Instant::now();
            let applied = self.ledger.node().applied();
            let (head, entries) = timeout(PATIENCE, self.read(applied)).await.map_err(|_| Fault::Slow)??;
            metrics::gauge!("vestibule_feed_lag").set((head.number - applied).max(0) as f64);
            if !self.knows(applied, &head, &entries) {
                tracing::warn!(
                    applied,
                    head = head.number,
                    "the feed is not what it was: everything in memory is forgotten"
                );
                metrics::counter!("vestibule_feed_everything_total").increment(1);
                self.do_as_told(&Said::EVERYTHING).await?;
                self.ledger.node().has_applied(head.number);
                self.mark = None;
                continue;
            }
            let count = entries.len() as i64;
            self.obey(entries, heard_of_others).await?;
            metrics::gauge!("vestibule_feed_lag").set((head.number - self.ledger.node().applied()).max(0) as f64);
            if count < BATCH {
                return Ok(sent);
            }
            // Somebody who is far behind is there all the same.
            self.say_so().await;
        }
    }

    async fn read(&mut self, applied: i64) -> Result<(feed::Head, Vec<feed::Entry>), Fault> {
        let mut sql = self.take_connection().await?;
        let asked = Instant::now();
        let (head, entries) = feed::behind(&mut sql, applied, BATCH).await?;
        self.ledger.clock().follow(head.time, asked.into_std());
        self.sql = Some(sql);
        Ok((head, entries))
    }

    /// Whether the feed goes on from where this node is. It does not when what comes next was pruned while the node
    /// slept, or when the database was replaced by one that has not all of it: a backup, or a standby that had not
    /// heard of the last changes. Such a one soon has other changes under the same numbers.
    fn knows(&mut self, applied: i64, head: &feed::Head, entries: &[feed::Entry]) -> bool {
        let goes_on = entries.iter().zip(applied + 1..).all(|(entry, number)| entry.number == number);
        let is_empty_for_no_reason = entries.is_empty() && head.number != applied;
        if self.mark.is_none() {
            self.mark.clone_from(&head.mark);
        }
        // What is lost with a server may have made nothing untrue, and so be no entry: a sign-in that no database knows.
        let before = self.timeline.replace(head.timeline.clone());
        let is_same_past = before.is_none_or(|before| before == head.timeline);
        goes_on && !is_empty_for_no_reason && is_same_past && self.mark == head.mark
    }

    async fn obey(&mut self, entries: Vec<feed::Entry>, heard_of_others: &mut bool) -> Result<(), Fault> {
        for entry in entries {
            let node = self.ledger.node();
            let is_others = entry.node != node.id();
            if is_others || node.doubts().is_some_and(|doubts| doubts.has(entry.number)) {
                self.do_as_told(&Said::read(&entry.said)).await?;
                metrics::counter!("vestibule_feed_obeyed_total").increment(1);
                let delay = (self.ledger.now().millis() - entry.committed_at).max(0);
                metrics::histogram!("vestibule_feed_delay_seconds").record(Duration::from_millis(delay.unsigned_abs()));
                *heard_of_others |= is_others;
            }
            let node = self.ledger.node();
            node.has_applied(entry.number);
            node.doubts().into_iter().for_each(|doubts| doubts.are_over(entry.number));
            self.mark = Some((entry.node, entry.committed_at));
        }
        Ok(())
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
        match timeout(PATIENCE, self.try_to_say_so()).await.unwrap_or(Err(Fault::Slow)) {
            Ok(true) => self.ledger.node().is_following_now(),
            Ok(false) => {}
            Err(fault) => tracing::warn!(%fault, "the other nodes could not be told how far this one is"),
        }
    }

    async fn try_to_say_so(&mut self) -> Result<bool, Fault> {
        let mut sql = self.take_connection().await?;
        let was_time = self.saying.say_so(&self.ledger, &mut sql).await?;
        self.sql = Some(sql);
        Ok(was_time)
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
