//! What time it is. The only reader of the system's clocks besides measurements of durations.
//!
//! The system's clock can be set back and forth. Ours never runs backwards within a process: it is the monotonic
//! clock plus the largest offset to the system's clock that was ever seen. When the system's clock is set back, ours
//! goes on at its own pace until the other has caught up. A jump forward is believed: sessions may then end early,
//! which is the safe side. What was stored during a wrong future is bounded when it is read (`store/sessions.rs`): no
//! session lives longer than a whole lifetime from now.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use vestibule_gate::time::Timestamp;

/// A clock that never runs backwards. Readers never wait for each other.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// Milliseconds from `start` on the monotonic clock to the epoch.
    offset: AtomicI64,
}

impl Clock {
    /// Starts at the system's time.
    #[must_use]
    pub fn start() -> Self {
        Self { start: monotonic(), offset: AtomicI64::new(system_millis()) }
    }

    /// The later of the system's time and our own.
    pub fn now(&self) -> Timestamp {
        self.advance(system_millis(), millis(monotonic().saturating_duration_since(self.start)))
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

    use super::{Clock, monotonic};

    #[test]
    fn a_clock_that_is_set_back_is_survived() {
        let clock = Clock { start: monotonic(), offset: AtomicI64::new(1_000_000) };
        let read = |system: i64, elapsed: i64| clock.advance(system, elapsed).millis();
        assert_eq!(read(1_000_010, 10), 1_000_010);
        assert_eq!(read(500_000, 20), 1_000_020, "set back: goes on at its own pace");
        assert_eq!(read(500_100, 120), 1_000_120);
        assert_eq!(read(1_000_500, 130), 1_000_500, "caught up");
        assert_eq!(read(9_000_000, 140), 9_000_000, "a jump forward is believed");
        assert_eq!(read(1_000_520, 150), 9_000_010, "and never undone");
    }
}
