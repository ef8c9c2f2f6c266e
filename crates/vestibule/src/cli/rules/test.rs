//! `vestibule rules test FILE`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{House, Said, book, read, table};
use crate::explain::Reasons;

/// Hold the rules against a table of requests and verdicts of your own. Nothing runs for it, nothing is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule rules test rules-test.toml --rules new-rules.toml")]
pub(in crate::cli) struct Test {
    /// The table: `[[tests]]` with `request`, `who` and `verdict`.
    file: PathBuf,
    /// A file of rules; those of the configuration when it is not named.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl Test {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let book = book(self.rules.as_deref(), house)?;
        let rows = table::rows(&self.file, &read(&self.file)?, NOW)?;
        let (mut out, mut failed) = (String::new(), 0_usize);
        for row in &rows {
            let reasons = row.decide(&book.rules, &book.places, NOW);
            let Some(wrong) = wrong(row, &reasons) else { continue };
            failed += 1;
            let place = format!("{}:{}", self.file.display(), row.line);
            let _ = writeln!(out, "{place}: {}: {wrong}\n    {}", row.label, reasons.in_one_line());
        }
        let held = rows.len() - failed;
        let _ = writeln!(out, "{held} of {} hold.", rows.len());
        Ok(Said { text: out, is_wrong: failed > 0, ..Said::default() })
    }
}

/// What differs from what the row says.
fn wrong(row: &table::Row, reasons: &Reasons) -> Option<String> {
    if row.verdict != reasons.outcome {
        return Some(format!("expected {}, found {}", row.verdict, reasons.outcome));
    }
    let expected = row.rule.as_deref()?;
    let found = reasons.name.as_deref();
    let other = || reasons.rule.clone().unwrap_or_else(|| "no rule".to_owned());
    (found != Some(expected)).then(|| format!("expected the rule \"{expected}\" to decide, found {}", other()))
}

/// Any moment does: a table says how long ago somebody authenticated.
const NOW: vestibule_gate::time::Timestamp = vestibule_gate::time::Timestamp::from_millis(1_800_000_000_000);
