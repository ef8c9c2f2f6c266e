//! What time it is. The only reader of the system's clocks besides measurements of durations.
//!
//! The system's clock can be set back and forth. Ours never runs backwards within a process: it is the monotonic
//! clock plus the largest offset to the system's clock that was ever seen. When the system's clock is set back, ours
//! goes on at its own pace until the other has caught up. A jump forward is believed: sessions may then end early,
//! which is the safe side. What was stored during a wrong future is bounded when it is read (`store/sessions.rs`): no
//! session lives longer than a whole lifetime from now.
//!
//! Nodes that share a store do not ask their systems: the store's clock counts, for all of them, so that a session or a
//! code means the same everywhere. Each knows the store's time as exactly as it is told ([`Clock::follow`]), and goes on
//! by its monotonic clock while it is not. When the store's clock is set back, ours stands still until it has caught up.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vestibule_gate::time::Timestamp;

/// A clock that never runs backwards. Readers never wait for each other.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// Milliseconds from `start` on the monotonic clock to the epoch.
    offset: AtomicI64,
    /// Whether the system's clock is not asked.
    follows: AtomicBool,
    /// The latest time that was told, where another clock is followed: the offset is then corrected both ways.
    latest: AtomicI64,
}

impl Clock {
    /// Starts at the system's time.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: monotonic(),
            offset: AtomicI64::new(system_millis()),
            follows: AtomicBool::new(false),
            latest: AtomicI64::new(i64::MIN),
        }
    }

    /// The later of the system's time and our own; the followed clock's time, where one is followed.
    pub fn now(&self) -> Timestamp {
        let elapsed = self.elapsed(monotonic());
        if self.follows.load(Ordering::Relaxed) {
            self.followed(elapsed)
        } else {
            self.advance(system_millis(), elapsed)
        }
    }

    /// Follows another clock from now on, which said `theirs` to a question that was sent at `sent` and is answered now.
    pub fn follow(&self, theirs: i64, sent: Instant) {
        self.set_by(theirs, self.elapsed(sent), self.elapsed(monotonic()));
    }

    /// It was read between the question and the answer, and nobody knows when: within that our time stays as it is.
    fn set_by(&self, theirs: i64, sent: i64, answered: i64) {
        let (least, most) = (theirs.saturating_sub(answered), theirs.saturating_sub(sent));
        let offset = self.offset.load(Ordering::Relaxed);
        self.offset.store(offset.clamp(least, most.max(least)), Ordering::Relaxed);
        self.follows.store(true, Ordering::Relaxed);
    }

    fn followed(&self, elapsed: i64) -> Timestamp {
        let time = self.offset.load(Ordering::Relaxed).saturating_add(elapsed);
        let latest = self.latest.load(Ordering::Relaxed);
        // Written once a millisecond at most.
        let time = if time > latest { self.latest.fetch_max(time, Ordering::Relaxed).max(time) } else { latest };
        Timestamp::from_millis(time)
    }

    fn elapsed(&self, moment: Instant) -> i64 {
        millis(moment.saturating_duration_since(self.start))
    }

    fn advance(&self, system: i64, elapsed: i64) -> Timestamp {
        let offset = self.offset.load(Ordering::Relaxed);
        let seen = system.saturating_sub(elapsed);
        // Reading and writing are two steps so that the usual case, a millisecond's jitter aside, writes nothing.
        let offset = if seen > offset { self.offset.fetch_max(seen, Ordering::Relaxed).max(seen) } else { offset };
        Timestamp::from_millis(offset.saturating_add(elapsed))
    }

    /// How far our time is ahead of the system's, in milliseconds: more than a few means that the system's clock was
    /// set back while this process ran.
    pub fn ahead(&self) -> i64 {
        self.now().millis() - system_millis()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn system_millis() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn monotonic() -> Instant {
    Instant::now()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use super::Clock;

    #[test]
    fn a_clock_that_is_set_back_is_survived() {
        let clock = Clock { offset: AtomicI64::new(1_000_000), ..Clock::start() };
        let read = |system: i64, elapsed: i64| clock.advance(system, elapsed).millis();
        assert_eq!(read(1_000_010, 10), 1_000_010);
        assert_eq!(read(500_000, 20), 1_000_020, "set back: goes on at its own pace");
        assert_eq!(read(500_100, 120), 1_000_120);
        assert_eq!(read(1_000_500, 130), 1_000_500, "caught up");
        assert_eq!(read(9_000_000, 140), 9_000_000, "a jump forward is believed");
        assert_eq!(read(1_000_520, 150), 9_000_010, "and never undone");
    }
    #[test]
    fn another_clock_is_followed_both_ways_as_exactly_as_it_is_known() {
        let clock = Clock { offset: AtomicI64::new(9_000_000), ..Clock::start() };
        let read = |elapsed: i64| clock.followed(elapsed).millis();
        clock.set_by(1_000_100, 90, 100);
        assert_eq!(read(100), 1_000_110, "the clock was read when the question was sent, at the earliest");
        clock.set_by(1_000_600, 595, 900);
        assert_eq!(read(900), 1_000_905, "an answer that was long under way says little, but the least of it");
        clock.set_by(1_002_000, 1_995, 2_000);
        clock.set_by(1_003_003, 2_990, 3_010);
        assert_eq!(read(3_010), 1_003_015, "what fits changes nothing");
        clock.set_by(5_004_000, 3_998, 4_000);
        assert_eq!(read(4_000), 5_004_000, "set forward: so are we");
        clock.set_by(1_005_000, 4_998, 5_000);
        assert_eq!(read(5_000), 5_004_000, "set back: we stand still");
        clock.set_by(5_104_000, 104_999, 105_000);
        assert_eq!(read(105_000), 5_104_000, "and go on when it has caught up");
    }
}
