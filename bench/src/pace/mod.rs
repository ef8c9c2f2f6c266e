//! Asks over a unix socket at a fixed rate, and measures every answer from the moment at which its question was due.
//!
//! An open loop: a question is due when the clock says so. When no connection is free it is sent late, and the wait
//! counts, so that a server that stands still for a moment is charged for everybody who came in that moment. Without
//! a rate it is a closed loop, which measures the most that is answered and says nothing of latency.

mod driver;
mod latencies;
mod question;
mod schedule;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) use latencies::Latencies;
pub(crate) use question::Question;

/// What to ask, of whom, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load<'l> {
    /// The unix socket.
    pub(crate) socket: &'l Path,
    /// The questions.
    pub(crate) question: Question<'l>,
    /// Questions a second; `None` for as many as the connections allow.
    pub(crate) rate: Option<f64>,
    /// Connections, each with one question under way.
    pub(crate) connections: usize,
}

/// What came of a load.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// From the begin to the last question, in seconds.
    pub(crate) seconds: f64,
    /// From when each question was due to its answer.
    pub(crate) latencies: Latencies,
    /// From when each question was due to when it was sent: the part that was waited for a connection or for the
    /// processor in the bench itself.
    pub(crate) lateness: Latencies,
    /// How many answers had each status.
    pub(crate) statuses: BTreeMap<u16, u64>,
}

impl Outcome {
    /// How many answers there were.
    pub(crate) fn answers(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Those in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers() as f64 / self.seconds
    }
}

impl Load<'_> {
    /// Drives the load on this thread for so long, or until somebody says stop; then waits for what was asked.
    pub(crate) fn drive(&self, longest: Duration, stop: &AtomicBool) -> anyhow::Result<Outcome> {
        driver::drive(self, longest, stop)
    }
}
