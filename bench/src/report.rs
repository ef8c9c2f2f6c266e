//! What is printed at the end: the command line, the table, and each bar with whether it is met.

use std::fmt;

use crate::options::Options;
use crate::quantity::Quantity;

/// The results so far.
#[derive(Debug)]
pub(crate) struct Report {
    head: String,
    lines: Vec<String>,
    bars: Vec<(bool, String)>,
}

impl Report {
    /// An empty report that names the command and the machine.
    pub(crate) fn new(options: &Options) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let command = std::env::args().skip(1).fold("vestibule-bench".to_owned(), |line, word| line + " " + &word);
        let head = format!(
            "{command}\n{cores} cores; {} rounds, interleaved; each value is the median (lowest..highest)\n",
            options.rounds
        );
        Self { head, lines: Vec::new(), bars: Vec::new() }
    }

    /// The heading of a table; an empty line comes before it.
    pub(crate) fn heading(&mut self, line: String) {
        self.lines.push(String::new());
        self.lines.push(line);
    }

    /// A line.
    pub(crate) fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    /// A bar, and whether it is met.
    pub(crate) fn bar(&mut self, met: bool, line: String) {
        self.bars.push((met, line));
    }

    /// Whether every bar is met.
    pub(crate) fn all_met(&self) -> bool {
        self.bars.iter().all(|(met, _)| *met)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.head)?;
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        writeln!(f)?;
        for (met, line) in &self.bars {
            writeln!(f, "{} {line}", if *met { "met   " } else { "MISSED" })?;
        }
        Ok(())
    }
}

/// Nanoseconds as microseconds.
pub(crate) fn microseconds(nanoseconds: &[f64]) -> Quantity {
    Quantity::new(nanoseconds.iter().map(|n| n / 1_000.0).collect())
}
