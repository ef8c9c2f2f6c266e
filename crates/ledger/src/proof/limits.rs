//! How often something may be tried. Asked before any look-up and any hash. These count in memory, for one node;
//! `attempts.rs` is what asks them, and what counts for several.
//!
//! Attempts are counted a key (account, device, address, user) in a window; an attempt that turns out well is given
//! back. Memory is bounded by two generations of keys: when the younger is full, the older is dropped. So nobody can
//! fill a table until everybody is locked out (ATK25), and whoever wants their own counter forgotten has to make some
//! 50,000 attempts under other names first. A crate for rate limits was tried on paper and left: the ones at hand
//! neither give an attempt back nor bound their keys.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;

use parking_lot::Mutex;
use vestibule_gate::time::{Span, Timestamp};

use crate::settings::Rate;

/// Keys a generation holds: about 3 MB in all.
const GENERATION: usize = 50_000;

/// Too many attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; the next one is possible in {} seconds", .retry_after.seconds())]
pub struct Limited {
    /// How long to wait.
    pub retry_after: Span,
}

/// What is counted, each apart from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counted<'k> {
    /// Sign-ins to an account (by the normal form of its login name) from unknown browsers.
    Account(&'k str),
    /// Sign-ins to an account from one browser that has signed in to it before.
    Device(&'k str, &'k [u8; 16]),
    /// Sign-ins from a network.
    Address(Network),
    /// New accounts from a network.
    SignUp(Network),
    /// New guests from a network.
    Guest(Network),
    /// Current passwords of a signed-in user.
    Confirm(&'k [u8]),
}

/// An address as limits count it: an IPv4 address, or the /64 of an IPv6 one. `None` counts all unknown ones as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(Option<IpAddr>);

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

impl Network {
    pub(crate) fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            v4 @ IpAddr::V4(_) => v4,
        }))
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Timestamp,
    attempts: u32,
}

#[derive(Default)]
struct Generations {
    young: HashMap<u64, Window>,
    old: HashMap<u64, Window>,
}

/// The counters.
#[derive(Default)]
pub(crate) struct Limits {
    keys: RandomState,
    counters: Mutex<Generations>,
}

impl Limits {
    /// Counts an attempt, or refuses it: then nothing is counted.
    pub(crate) fn attempt(&self, what: Counted<'_>, rate: Rate, now: Timestamp) -> Result<(), Limited> {
        let key = self.keys.hash_one(what);
        let mut counters = self.counters.lock();
        let known = counters.young.get(&key).or_else(|| counters.old.get(&key)).copied();
        let mut window = known.unwrap_or(Window { began: now, attempts: 0 });
        let ends = window.began.plus(rate.window);
        if now >= ends {
            window = Window { began: now, attempts: 0 };
        } else if window.attempts >= rate.count {
            return Err(Limited { retry_after: ends.since(now) });
        }
        window.attempts += 1;
        if counters.young.len() >= GENERATION {
            counters.old = std::mem::take(&mut counters.young);
        }
        counters.young.insert(key, window);
        Ok(())
    }

    /// Gives an attempt back that turned out well.
    pub(crate) fn give_back(&self, what: Counted<'_>) {
        let key = self.keys.hash_one(what);
        if let Some(window) = self.counters.lock().young.get_mut(&key) {
            window.attempts = window.attempts.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use vestibule_gate::time::{Span, Timestamp};

    use super::{Counted, GENERATION, Limited, Limits, Network};
    use crate::settings::Rate;

    const THREE: Rate = Rate { count: 3, window: Span::from_seconds(60) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn three_in_a_window_and_then_the_time_to_wait() {
        let limits = Limits::default();
        let ada = Counted::Account("ada@example.com");
        for _ in 0..3 {
            assert_eq!(limits.attempt(ada, THREE, at(10)), Ok(()));
        }
        assert_eq!(limits.attempt(ada, THREE, at(30)), Err(Limited { retry_after: Span::from_seconds(40) }));
        assert_eq!(limits.attempt(Counted::Account("bob@example.com"), THREE, at(30)), Ok(()));
        assert_eq!(limits.attempt(Counted::Device("ada@example.com", &[1; 16]), THREE, at(30)), Ok(()));
        limits.give_back(ada);
        assert_eq!(limits.attempt(ada, THREE, at(30)), Ok(()));
        assert_eq!(limits.attempt(ada, THREE, at(70)), Ok(()), "a new window");
    }

    #[test]
    fn bogus_names_lock_nobody_out_and_memory_is_bounded() {
        let limits = Limits::default();
        for n in 0..3 * GENERATION {
            limits.attempt(Counted::Account(&n.to_string()), THREE, at(10)).unwrap();
        }
        assert_eq!(limits.attempt(Counted::Account("ada@example.com"), THREE, at(10)), Ok(()));
        let counters = limits.counters.lock();
        assert!(counters.young.len() + counters.old.len() <= 2 * GENERATION);
    }

    #[test]
    fn ipv6_counts_by_64() {
        let network = |text: &str| Network::of(Some(text.parse::<IpAddr>().unwrap()));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
