//! What takes turns before one nginx: how often it is answered in its rounds, and what it costs the server.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::pace::{Load, Question};
use crate::process::Process;

/// What the rounds of one have shown.
#[derive(Default)]
pub(crate) struct Seen {
    /// Requests a second.
    pub(crate) rates: Vec<f64>,
    /// Processor time of the server a request, in nanoseconds.
    pub(crate) spent: Vec<f64>,
}

impl Seen {
    /// One round more: requests with this credential, through the nginx that listens there.
    pub(crate) fn round(&mut self, server: &Process, socket: &Path, line: &str, time: Duration) -> anyhow::Result<()> {
        let load = Load { socket, question: Question::Through(line), rate: None, connections: 32 };
        let before = server.processor_time()?;
        let outcome = load.drive(time, &AtomicBool::new(false))?;
        self.spent.push((server.processor_time()? - before) / outcome.answers() as f64);
        self.rates.push(outcome.rate());
        Ok(())
    }
}
