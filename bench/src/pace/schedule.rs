//! When requests are due: at a fixed rate whatever the answers do, or as soon as a connection is free.

/// The times of a load, in nanoseconds since its begin.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Between two requests; `None` for no pause at all.
    interval: Option<f64>,
    end: u64,
    sent: u64,
}

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
        let due = self.interval.map_or(now, |interval| (self.sent as f64 * interval) as u64);
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
    use super::{Next, Schedule};

    #[test]
    fn a_late_request_counts_from_when_it_was_due() {
        let mut schedule = Schedule::new(Some(1_000_000.0), 10_000);
        assert_eq!(schedule.next(0), Next::Due(0));
        schedule.sent();
        assert_eq!(schedule.next(999), Next::Wait(1_000));
        // Nobody was free for a long time: the next two are both late, each by its own time.
        assert_eq!(schedule.next(7_500), Next::Due(1_000));
        schedule.sent();
        assert_eq!(schedule.next(7_500), Next::Due(2_000));
    }

    #[test]
    fn what_is_due_before_the_end_is_sent_even_after_it() {
        let mut schedule = Schedule::new(Some(1_000_000.0), 2_000);
        schedule.sent();
        assert_eq!(schedule.next(50_000), Next::Due(1_000));
        schedule.sent();
        assert_eq!(schedule.next(50_000), Next::Over);
        assert_eq!(schedule.count(), 2);
    }

    #[test]
    fn without_a_rate_the_next_is_due_at_once_until_the_end() {
        let mut schedule = Schedule::new(None, 2_000);
        assert_eq!(schedule.next(1_234), Next::Due(1_234));
        schedule.end_at(1_500);
        assert_eq!(schedule.next(1_500), Next::Over);
    }
}
