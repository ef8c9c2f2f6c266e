//! How long memory may be believed. With a store of our own: always. With one that other nodes change, for a while after
//! the moment at which memory was last known to have everything: what they change comes by a feed (`feed/`), and a feed
//! can stop.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Whether memory may be believed now.
#[derive(Debug)]
pub(crate) struct Freshness {
    start: Instant,
    /// Milliseconds after `start`; [`ALWAYS`], or at first before it.
    until: AtomicI64,
    /// When memory was last known to have everything, in milliseconds after `start`.
    whole: AtomicI64,
    staleness: Duration,
}

const ALWAYS: i64 = i64::MAX;

impl Freshness {
    /// Nobody else changes the truth.
    pub(crate) fn always() -> Self {
        Self {
            start: Instant::now(),
            until: AtomicI64::new(ALWAYS),
            whole: AtomicI64::new(0),
            staleness: Duration::MAX,
        }
    }

    /// Others do: memory may be so much behind. It is not believed before [`Self::whole_at`] was said once.
    pub(crate) fn at_most(staleness: Duration) -> Self {
        Self { start: Instant::now(), until: AtomicI64::new(i64::MIN), whole: AtomicI64::new(0), staleness }
    }

    /// Whether memory may be believed.
    pub(crate) fn is_fresh(&self) -> bool {
        let until = self.until.load(Ordering::Acquire);
        until == ALWAYS || self.millis(Instant::now()) < until
    }

    /// Memory had everything that was committed before this moment.
    pub(crate) fn whole_at(&self, moment: Instant) {
        self.whole.fetch_max(self.millis(moment), Ordering::AcqRel);
        if self.until.load(Ordering::Relaxed) != ALWAYS && !self.staleness.is_zero() {
            self.until.fetch_max(self.millis(moment + self.staleness), Ordering::AcqRel);
        }
    }

    /// How long ago memory was last known to have everything; before it ever was, since the start.
    pub(crate) fn staleness(&self) -> Duration {
        let ago = self.millis(Instant::now()) - self.whole.load(Ordering::Acquire);
        Duration::from_millis(ago.max(0).unsigned_abs())
    }

    fn millis(&self, moment: Instant) -> i64 {
        i64::try_from(moment.saturating_duration_since(self.start).as_millis()).unwrap_or(ALWAYS - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Freshness;

    #[tokio::test(start_paused = true)]
    async fn memory_is_believed_from_the_last_whole_moment_on_and_no_longer_than_was_allowed() {
        let freshness = Freshness::at_most(Duration::from_secs(2));
        assert!(!freshness.is_fresh(), "it has not heard anything yet");
        freshness.whole_at(Instant::now());
        tokio::time::advance(Duration::from_millis(1_999)).await;
        assert!(freshness.is_fresh());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!freshness.is_fresh());
        assert_eq!(freshness.staleness(), Duration::from_secs(2));
        freshness.whole_at(Instant::now() - Duration::from_secs(3));
        assert!(!freshness.is_fresh(), "an answer that was long under way says nothing of now");
        assert_eq!(freshness.staleness(), Duration::from_secs(2));
        freshness.whole_at(Instant::now());
        assert!(freshness.is_fresh());
    }

    #[tokio::test(start_paused = true)]
    async fn without_staleness_memory_is_never_believed_and_without_others_always() {
        let never = Freshness::at_most(Duration::ZERO);
        never.whole_at(Instant::now());
        assert!(!never.is_fresh());
        assert_eq!(never.staleness(), Duration::ZERO, "what operators are told does not depend on what is believed");
        assert!(Freshness::always().is_fresh());
    }
}
