//! What the resolver counts: how its requests came out and how long they took.
//!
//! A few relaxed additions a request, in counters of our own and not in a metrics registry, whose handles cost more
//! than the resolve itself. Each connection adds to one of a few shards, so that two threads rarely share a cache line.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How a request to the resolver came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Resolved to a user.
    Valid,
    /// Credentials, none of them valid.
    Invalid,
    /// No credentials.
    Anonymous,
    /// A request that may not pass: 302, 400, 401, 403.
    Denied,
    /// The answer could not be known: 503.
    Fault,
    /// Another path or method: 404, 405.
    Declined,
    /// Not one well-formed request: 400, 408, 431, 505.
    Refused,
}

/// In the order of [`Outcome`].
const LABELS: [&str; 7] = ["valid", "invalid", "anonymous", "denied", "fault", "declined", "refused"];

/// Upper ends of the buckets, in microseconds. The first is what a hit should always keep under.
const BUCKETS: [u32; 17] = [
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
    5_000_000,
];

/// One of the places where connections count. As large as two cache lines, which processors fetch in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct Shard {
    outcomes: [AtomicU64; LABELS.len()],
    /// One more than there are bounds: the last is for what took longer.
    buckets: [AtomicU64; BUCKETS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Shard {
    /// Counts an answer and how long it took, from the last byte of its head to its last byte in the kernel's hands.
    pub fn record(&self, outcome: Outcome, took: Duration) {
        self.count(outcome);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.iter().position(|&end| nanoseconds <= u64::from(end) * 1_000).unwrap_or(BUCKETS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// Counts what had no duration worth telling.
    pub fn count(&self, outcome: Outcome) {
        self.outcomes[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// All shards.
#[derive(Debug, Default)]
pub struct Resolves([Shard; 8]);

impl Resolves {
    /// The shard of a connection, from a number that grows with each.
    #[must_use]
    pub fn shard(&self, connection: u64) -> &Shard {
        // The remainder is below 8.
        &self.0[(connection % self.0.len() as u64) as usize]
    }

    /// Appends the counters in Prometheus' text format.
    pub fn render(&self, out: &mut String) {
        let sum = |of: fn(&Shard, usize) -> &AtomicU64, index: usize| -> u64 {
            self.0.iter().map(|shard| of(shard, index).load(Ordering::Relaxed)).sum()
        };
        out.push_str("# HELP vestibule_resolves_total Requests to the resolver, by outcome.\n");
        out.push_str("# TYPE vestibule_resolves_total counter\n");
        for (index, label) in LABELS.iter().enumerate() {
            let count = sum(|shard, index| &shard.outcomes[index], index);
            line(out, format_args!("vestibule_resolves_total{{outcome=\"{label}\"}} {count}"));
        }
        out.push_str(
            "# HELP vestibule_resolve_seconds From the last byte of a request to the last byte of its answer.\n",
        );
        out.push_str("# TYPE vestibule_resolve_seconds histogram\n");
        let mut cumulated = 0;
        for (index, end) in BUCKETS.iter().enumerate() {
            cumulated += sum(|shard, index| &shard.buckets[index], index);
            let seconds = f64::from(*end) / 1e6;
            line(out, format_args!("vestibule_resolve_seconds_bucket{{le=\"{seconds}\"}} {cumulated}"));
        }
        cumulated += sum(|shard, index| &shard.buckets[index], BUCKETS.len());
        line(out, format_args!("vestibule_resolve_seconds_bucket{{le=\"+Inf\"}} {cumulated}"));
        let total = Duration::from_nanos(sum(|shard, _| &shard.nanoseconds, 0));
        line(out, format_args!("vestibule_resolve_seconds_sum {}", total.as_secs_f64()));
        line(out, format_args!("vestibule_resolve_seconds_count {cumulated}"));
    }
}

/// Writing to a `String` cannot fail.
pub(super) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Resolves};

    #[test]
    fn shards_are_added_up_and_buckets_cumulate() {
        let resolves = Resolves::default();
        for connection in 0..20 {
            resolves.shard(connection).record(Outcome::Valid, Duration::from_micros(7));
        }
        resolves.shard(3).record(Outcome::Fault, Duration::from_secs(9));
        resolves.shard(4).count(Outcome::Refused);
        let mut text = String::new();
        resolves.render(&mut text);
        for expected in [
            "vestibule_resolves_total{outcome=\"valid\"} 20\n",
            "vestibule_resolves_total{outcome=\"fault\"} 1\n",
            "vestibule_resolves_total{outcome=\"refused\"} 1\n",
            "vestibule_resolve_seconds_bucket{le=\"0.00001\"} 20\n",
            "vestibule_resolve_seconds_bucket{le=\"5\"} 20\n",
            "vestibule_resolve_seconds_bucket{le=\"+Inf\"} 21\n",
            "vestibule_resolve_seconds_sum 9.00014\n",
            "vestibule_resolve_seconds_count 21\n",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}
