//! What several nodes did to each other, on one clock: every change and every resolve of every thread of a test, with
//! the moments at which each began and was answered. [`check`] proves that no answer contradicts what was acknowledged.

mod check;
#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::wait::Stopwatch;

pub use check::{Contradiction, Report, check};

/// A session of the history; its secret is the test's own business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionNumber(pub usize);

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A session begins.
    SignIn(SessionNumber),
    /// It ends.
    SignOut(SessionNumber),
    /// The one user of the history has this role from now on, which no other change gives.
    Role(String),
}

/// A change that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: What,
    /// Which node was asked.
    pub node: usize,
    /// Before the first byte was sent.
    pub began: Duration,
    /// After the last byte of the acknowledgement came. Without one, it may have happened or not, and still may.
    pub acknowledged: Option<Duration>,
}

/// What a node said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The session is alive, and its user has this role.
    Yes(String),
    /// There is no such session.
    No,
    /// It cannot tell: 503, or no answer at all.
    Unknown,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// Which node was asked.
    pub node: usize,
    /// About which session.
    pub session: SessionNumber,
    /// Before the first byte was sent.
    pub began: Duration,
    /// After the last byte of the answer came.
    pub answered: Duration,
    /// The answer.
    pub said: Said,
}

/// Everything that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// In no order.
    pub changes: Vec<Change>,
    /// In no order.
    pub resolves: Vec<Resolve>,
}

/// The clock and the pen, for many threads.
#[derive(Debug)]
pub struct History {
    clock: Stopwatch,
    sessions: AtomicUsize,
    record: Mutex<Record>,
}

impl Default for History {
    fn default() -> Self {
        Self { clock: Stopwatch::start(), sessions: AtomicUsize::new(0), record: Mutex::default() }
    }
}

impl History {
    /// What time it is.
    pub fn now(&self) -> Duration {
        self.clock.elapsed()
    }

    /// A number for a session that is about to begin.
    pub fn new_session(&self) -> SessionNumber {
        SessionNumber(self.sessions.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks a node for a change. `ask` says whether it was acknowledged.
    pub fn change(&self, node: usize, what: What, ask: impl FnOnce() -> bool) -> bool {
        let began = self.now();
        let is_acknowledged = ask();
        let acknowledged = is_acknowledged.then(|| self.now());
        self.pen().changes.push(Change { what, node, began, acknowledged });
        is_acknowledged
    }

    /// Asks a node about a session.
    pub fn resolve(&self, node: usize, session: SessionNumber, ask: impl FnOnce() -> Said) -> Said {
        let began = self.now();
        let said = ask();
        let resolve = Resolve { node, session, began, answered: self.now(), said: said.clone() };
        self.pen().resolves.push(resolve);
        said
    }

    /// What was written so far.
    pub fn record(&self) -> Record {
        self.pen().clone()
    }

    fn pen(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
