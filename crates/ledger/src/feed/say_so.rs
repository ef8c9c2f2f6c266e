//! Tells the others how far this node is: once a second, and at once where somebody waits for it. Never once a change,
//! which would be a write for each node.

use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::{LIVE, millis};
use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::store::{Connection, nodes};

/// How often they are told, while nobody waits.
const EVERY: Duration = Duration::from_secs(1);
/// How often they are told, while somebody does.
const WHEN_ASKED: Duration = Duration::from_millis(20);

/// For so long after its last word this node is sure to be waited for: others count it as live for [`LIVE`], of which it
/// may believe for 20 s, as long as `max_staleness` can be, what it has read by the end.
const KNOWN: Duration = Duration::from_secs(5);

/// What the others were told.
#[derive(Debug, Default)]
pub(super) struct SayingSo {
    /// When, and that everything up to this number was obeyed.
    told: Option<(Instant, i64)>,
    /// When the last word was begun that has arrived.
    heard: Option<Instant>,
    is_asked: bool,
}

impl SayingSo {
    /// Somebody waits.
    pub(super) fn is_asked(&mut self) {
        self.is_asked = true;
    }

    /// Whether the others know that this node is there, and will for as long as what it reads now is believed.
    pub(super) fn is_known(&self) -> bool {
        self.heard.is_some_and(|heard| heard.elapsed() < KNOWN)
    }

    /// In how long they are to be told that this number was obeyed.
    pub(super) fn is_due_in(&self, applied: i64) -> Duration {
        let Some((when, what)) = self.told else { return Duration::ZERO };
        let every = if self.is_asked && what != applied { WHEN_ASKED } else { EVERY };
        every.saturating_sub(when.elapsed())
    }

    /// Tells them. A failure is tried again when the next word is due, or when this node is not known any more.
    pub(super) async fn say_so(&mut self, ledger: &Ledger, sql: &mut Connection) -> Result<(), Fault> {
        let (now, applied) = (Instant::now(), ledger.node().applied());
        self.told = Some((now, applied));
        self.is_asked = false;
        let node = ledger.node();
        nodes::is_there(sql, node.id(), node.name(), env!("CARGO_PKG_VERSION"), applied).await?;
        self.heard = Some(now);
        let live = nodes::count(sql, millis(LIVE)).await?;
        metrics::gauge!("vestibule_nodes_live").set(live as f64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, advance};

    use super::{KNOWN, LIVE, SayingSo};

    #[tokio::test(start_paused = true)]
    async fn changes_are_told_once_a_second_and_sooner_only_to_who_asks() {
        let mut saying = SayingSo::default();
        assert_eq!(saying.is_due_in(7), Duration::ZERO, "nobody knows that this node is there");
        saying.told = Some((Instant::now(), 7));
        assert_eq!(saying.is_due_in(8), Duration::from_secs(1), "no write a change");
        saying.is_asked();
        assert_eq!(saying.is_due_in(7), Duration::from_secs(1), "that was said already");
        assert_eq!(saying.is_due_in(8), Duration::from_millis(20));
        advance(Duration::from_millis(20)).await;
        assert_eq!(saying.is_due_in(8), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_believed_is_known_for_as_long_as_that() {
        let mut saying = SayingSo { told: Some((Instant::now(), 7)), ..SayingSo::default() };
        assert!(!saying.is_known(), "the word did not arrive");
        saying.heard = Some(Instant::now());
        advance(KNOWN - Duration::from_millis(1)).await;
        assert!(saying.is_known());
        assert!(KNOWN + Duration::from_secs(20) < LIVE, "the longest `max_staleness`");
        advance(Duration::from_millis(1)).await;
        assert!(!saying.is_known());
    }
}
