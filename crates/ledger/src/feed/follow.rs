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
use super::backoff::Backoff;
use super::ears::Ears;
use super::past::Past;
use super::say_so::SayingSo;

/// How long it waits for a notification before it asks all the same.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long after a question the next one is asked at the earliest.
const PACE: Duration = Duration::from_millis(5);
/// An answer that takes longer is as good as none: the connection is given up, and a new one asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// One that has not looked for so long stood still, though it may not know.
const AWAY: Duration = Duration::from_secs(3);
/// Entries a question.
const BATCH: i64 = 500;

/// Follows until the process ends.
pub(crate) async fn run(ledger: Ledger) {
    count_from_zero();
    let (mut follower, mut ears, mut backoff) = (Follower::new(ledger.clone()), Ears::new(), Backoff::default());
    loop {
        let next = Instant::now() + PACE;
        if follower.catch_up().await {
            let late = ears.have_missed_nothing().await;
            follower.hear(late);
        }
        if follower.is_lost {
            // Whoever has something to say says it to one that cannot look.
            tokio::time::sleep(backoff.failed(heartbeat(&ledger))).await;
            continue;
        }
        backoff.worked();
        // Where it has only now begun to listen, it looks once more for what was said before.
        if !ears.open(ledger.store()).await {
            let pause = heartbeat(&ledger).min(follower.saying.is_due_in(ledger.node().applied()));
            let woken = ears.wait(pause).await;
            follower.hear(woken);
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
    past: Past,
    is_lost: bool,
}

impl Follower {
    fn new(ledger: Ledger) -> Self {
        Self { ledger, sql: None, saying: SayingSo::default(), past: Past::default(), is_lost: false }
    }

    /// To be given back when it has answered: one that somebody gave up would answer the question before.
    async fn take_connection(&mut self) -> Result<Connection, Fault> {
        match self.sql.take() {
            Some(sql) => Ok(sql),
            None => self.ledger.store().follower().await?.ok_or(Fault::Closed),
        }
    }

    /// What makes it look is that it was woken; somebody may want to know how far it is then.
    fn hear(&mut self, woken: Option<Woken>) {
        if woken == Some(Woken::Asked) {
            self.saying.is_asked();
        }
    }

    /// Says whether there was something of other nodes.
    async fn catch_up(&mut self) -> bool {
        let mut heard_of_others = false;
        let caught_up = timeout(PATIENCE * 4, self.try_to_catch_up(&mut heard_of_others)).await;
        match caught_up.unwrap_or(Err(Fault::Slow)) {
            Ok(sent) => {
                self.ledger.live().freshness().whole_at(sent);
                self.ledger.node().is_following_now();
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

    /// Whoever waits until every node knows waits for those of which he knows. So where this one comes, or comes back, they
    /// know of it first, and then it asks what it is to be believed for. One that reads on while it can write nothing, on a
    /// disk that is full, is believed on: nobody else can change anything either, and within a second after that it says so.
    async fn try_to_catch_up(&mut self, heard_of_others: &mut bool) -> Result<Instant, Fault> {
        let was_away = self.is_lost || self.ledger.live().freshness().staleness() > AWAY;
        if (was_away || !self.ledger.node().is_following()) && !self.saying.is_known() {
            self.try_to_say_so().await?;
        }
        self.read_all(heard_of_others).await
    }

    /// Obeys everything; says when the last question was sent, which brought nothing that was not obeyed.
    async fn read_all(&mut self, heard_of_others: &mut bool) -> Result<Instant, Fault> {
        loop {
            let applied = self.ledger.node().applied();
            let (sent, head, entries) = self.read(applied).await?;
            metrics::gauge!("vestibule_feed_lag").set((head.number - applied).max(0) as f64);
            if !self.past.goes_on(applied, &head, &entries, BATCH) {
                tracing::warn!(
                    applied,
                    head = head.number,
                    "the feed is not what it was: everything in memory is forgotten"
                );
                metrics::counter!("vestibule_feed_everything_total").increment(1);
                self.do_as_told(&Said::EVERYTHING).await?;
                self.ledger.node().has_applied(head.number);
                self.past.begins_anew(head);
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

    /// Says when it was asked.
    async fn read(&mut self, applied: i64) -> Result<(Instant, feed::Head, Vec<feed::Entry>), Fault> {
        let mut sql = self.take_connection().await?;
        let sent = Instant::now();
        let read = timeout(PATIENCE, feed::behind(&mut sql, applied, BATCH)).await;
        let (head, entries) = read.map_err(|_| Fault::Slow)??;
        self.ledger.clock().follow(head.time, sent.into_std());
        self.sql = Some(sql);
        Ok((sent, head, entries))
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
            self.past.obeyed(entry);
        }
        Ok(())
    }

    /// Keys first: what is verified again must not be verified by a key that is gone.
    async fn do_as_told(&mut self, all: &[Said]) -> Result<(), Fault> {
        if all.contains(&Said::Keys) {
            let mut sql = self.take_connection().await?;
            signing::read_again(&self.ledger, &mut sql).await?;
            self.sql = Some(sql);
        }
        for said in all {
            if let Said::Forget(forget) = said {
                self.ledger.live().table().forget(*forget);
            }
        }
        Ok(())
    }

    async fn say_so(&mut self) {
        if !self.saying.is_due_in(self.ledger.node().applied()).is_zero() {
            return;
        }
        if let Err(fault) = self.try_to_say_so().await {
            tracing::warn!(%fault, "the other nodes could not be told how far this one is");
        }
    }

    async fn try_to_say_so(&mut self) -> Result<(), Fault> {
        let mut sql = self.take_connection().await?;
        let said = timeout(PATIENCE, self.saying.say_so(&self.ledger, &mut sql)).await;
        said.map_err(|_| Fault::Slow)??;
        self.sql = Some(sql);
        Ok(())
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
