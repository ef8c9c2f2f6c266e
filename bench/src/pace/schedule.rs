//! When requests are due: at a fixed rate whatever the answers do, or as soon as a connection is free.

/// The times of a load, in nanoseconds since its begin.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Between two requests; `None` for no pause at all.
    interval: Option<f64>,
    end: u64,
    sent: u64,
}

/// Requests are due in ticks of this many nanoseconds, a few at a time at a high rate, as they come from a proxy that
/// reads its own sockets in turns. Each on a time of its own was tried: 57,000 a second then took 0.7 of a processor
/// and 165,000 a whole one, which the server must do without; with ticks, 0.5 and 0.7. The tick is the due time, so it
/// adds nothing to a latency but what the answers of one tick wait for each other.
const TICK: u64 = 100_000;

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// A request is due, and was from this time on.
    Due(u64),
    /// The next one is due at this time.
    Wait(u64),
    /// There will be no more.
    Over,
}

impl Schedule {
    /// `rate` requests a second, or as many as can be, until `end`.
    pub(crate) fn new(rate: Option<f64>, end: u64) -> Self {
        Self { interval: rate.map(|rate| 1e9 / rate), end, sent: 0 }
    }

    /// What is to be done now. A request that could not be sent in time stays due since it was.
    pub(crate) fn next(&self, now: u64) -> Next {
        let due = self.interval.map_or(now, |interval| ((self.sent as f64 * interval) as u64).div_ceil(TICK) * TICK);
        match due {
            due if due >= self.end => Next::Over,
            due if due > now => Next::Wait(due),
            due => Next::Due(due),
        }
    }

    /// The request that was due is sent.
    pub(crate) fn sent(&mut self) {
        self.sent += 1;
    }

    /// How many have been sent.
    pub(crate) fn count(&self) -> u64 {
        self.sent
    }

    /// Nothing that would be due from now on will be sent.
    pub(crate) fn end_at(&mut self, now: u64) {
        self.end = self.end.min(now);
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, Schedule, TICK};

    /// A request a tick, for ten ticks.
    fn schedule() -> Schedule {
        Schedule::new(Some(1e9 / TICK as f64), 10 * TICK)
    }

    #[test]
    fn a_late_request_counts_from_when_it_was_due() {
        let mut schedule = schedule();
        assert_eq!(schedule.next(0), Next::Due(0));
        schedule.sent();
        assert_eq!(schedule.next(TICK - 1), Next::Wait(TICK));
        // Nobody was free for a long time: the next two are both late, each by its own time.
        assert_eq!(schedule.next(7 * TICK), Next::Due(TICK));
        schedule.sent();
        assert_eq!(schedule.next(7 * TICK), Next::Due(2 * TICK));
    }

    #[test]
    fn a_high_rate_comes_in_ticks_and_is_none_the_lower() {
        let mut schedule = Schedule::new(Some(4e9 / TICK as f64), 2 * TICK);
        let mut due = Vec::new();
        while let Next::Due(at) = schedule.next(10 * TICK) {
            due.push(at / TICK);
            schedule.sent();
        }
        assert_eq!(due, [0, 1, 1, 1, 1]);
    }

    #[test]
    fn what_is_due_before_the_end_is_sent_even_after_it() {
        let mut schedule = schedule();
        (0..9).for_each(|_| schedule.sent());
        assert_eq!(schedule.next(50 * TICK), Next::Due(9 * TICK));
        schedule.sent();
        assert_eq!(schedule.next(50 * TICK), Next::Over);
        assert_eq!(schedule.count(), 10);
    }

    #[test]
    fn without_a_rate_the_next_is_due_at_once_until_the_end() {
        let mut schedule = Schedule::new(None, 2_000);
        assert_eq!(schedule.next(1_234), Next::Due(1_234));
        schedule.end_at(1_500);
        assert_eq!(schedule.next(1_500), Next::Over);
    }
}
