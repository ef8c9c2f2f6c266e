//! How long answers took: a histogram in nanoseconds, exact to three digits.

use hdrhistogram::Histogram;

/// The latencies of a load.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, 3).expect("three digits and an order of bounds that is allowed"))
    }

    /// Notes one, in nanoseconds.
    pub(crate) fn record(&mut self, nanoseconds: u64) {
        self.0.saturating_record(nanoseconds);
    }

    /// The time in which this share (0.99) of the answers was there, in milliseconds.
    pub(crate) fn within(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1e6
    }

    /// The longest, in milliseconds.
    pub(crate) fn longest(&self) -> f64 {
        self.0.max() as f64 / 1e6
    }
}

/// A minute, in nanoseconds; what takes longer is noted as that.
const LONGEST: u64 = 60_000_000_000;

#[cfg(test)]
mod tests {
    use super::Latencies;

    #[test]
    fn a_percentile_is_the_time_in_which_so_many_were_there() {
        let mut latencies = Latencies::new();
        (1..=1_000).for_each(|n| latencies.record(n * 1_000_000));
        let is = |found: f64, expected: f64| (found / expected - 1.0).abs() < 0.001;
        assert!(is(latencies.within(0.5), 500.0) && is(latencies.within(0.999), 999.0));
        assert!(is(latencies.longest(), 1_000.0));
    }
}
