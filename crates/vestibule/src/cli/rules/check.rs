//! `vestibule rules check [FILE]`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{House, book};
use crate::explain::label;

/// Say whether the rules are sound, and list them with their places; or name everything that is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule rules check new-rules.toml")]
pub(in crate::cli) struct Check {
    /// A file of rules; those of the configuration when it is not named.
    file: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let book = book(self.file.as_deref(), house)?;
        let mut out = String::new();
        for (index, (rule, place)) in book.rules.rules().iter().zip(&book.places).enumerate() {
            let list = |items: Vec<String>, all: &str| if items.is_empty() { all.to_owned() } else { items.join(" ") };
            let methods = list(rule.methods.iter().map(ToString::to_string).collect(), "every method");
            let hosts = list(rule.hosts.iter().map(ToString::to_string).collect(), "hosts that no rule names");
            let paths = list(rule.paths.iter().map(ToString::to_string).collect(), "every path");
            let label = label(index, rule);
            let _ = writeln!(out, "{place}: {label}: {methods}, {hosts}, {paths}: allow {}", rule.allow);
        }
        out.push_str(match book.places.len() {
            0 => "There are no rules: every user may pass who is not a guest.\n",
            1 => "The rule is sound. What it does not fit is refused.\n",
            _ => "The rules are sound. What none of them fits is refused.\n",
        });
        Ok(out)
    }
}
