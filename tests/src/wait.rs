//! Waiting for something to become true, and measuring how long something took. The only clock of the tests.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before the test calls it broken: generous, because the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until there is an answer.
///
/// # Panics
/// When `what` has not happened within [`PATIENCE`].
pub fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    until_or(|| what.to_owned(), ask)
}

/// As [`until`], with words that are made only when they are needed.
///
/// # Panics
/// When it has not happened within [`PATIENCE`].
pub fn until_or<T>(what: impl FnOnce() -> String, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        if start.elapsed() > PATIENCE {
            panic!("waited {PATIENCE:?} in vain: {}", what());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// How long a piece of work takes.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = now();
    let answer = work();
    (answer, start.elapsed())
}

/// A clock of its own, that begins now and never runs backwards.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins.
    pub fn start() -> Self {
        Self(now())
    }

    /// How long ago it began.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures real time; the product's clock is not involved")]
fn now() -> Instant {
    Instant::now()
}
