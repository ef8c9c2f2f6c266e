//! How long to wait before the database is asked again that did not answer: longer each time, and on no two nodes the
//! same, so that they do not all come back in the same moment to one that has just started.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_millis(20);

/// Failures since it last answered.
#[derive(Debug, Default)]
pub(super) struct Backoff(u32);

impl Backoff {
    /// It answered.
    pub(super) const fn worked(&mut self) {
        self.0 = 0;
    }

    /// It did not: how long to wait now, never longer than this.
    pub(super) fn failed(&mut self, longest: Duration) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.0.min(16)).min(longest);
        self.0 = self.0.saturating_add(1);
        // At least half of it, and some of the other half. Nothing secret hangs on which: the standard library's seed will do.
        let chance = RandomState::new().hash_one(self.0) % 1_000;
        whole / 2 + whole.mul_f64(chance as f64 / 2_000.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, FIRST};

    const LONGEST: Duration = Duration::from_millis(500);

    #[test]
    fn it_waits_longer_each_time_and_no_longer_than_it_may() {
        let mut backoff = Backoff::default();
        for whole in [20, 40, 80, 160, 320, 500, 500].map(Duration::from_millis) {
            let pause = backoff.failed(LONGEST);
            assert!(whole / 2 <= pause && pause <= whole, "{pause:?} of {whole:?}");
        }
        for _ in 0..100 {
            assert!(backoff.failed(LONGEST) <= LONGEST);
        }
        backoff.worked();
        assert!(backoff.failed(LONGEST) <= FIRST);
    }

    #[test]
    fn two_nodes_do_not_come_back_together() {
        let pauses: Vec<Duration> = (0..20).map(|_| Backoff(10).failed(LONGEST)).collect();
        assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
    }
}
