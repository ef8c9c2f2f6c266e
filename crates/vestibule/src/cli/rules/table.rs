//! A user's own table of requests and verdicts.

use std::net::IpAddr;
use std::path::Path;

use anyhow::bail;
use serde::Deserialize;
use toml::Spanned;
use vestibule_gate::rules::Rules;
use vestibule_gate::time::Timestamp;

use super::who::Whom;
use crate::explain::{Outcome, Reasons, Subject, asked};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    tests: Vec<Spanned<Written>>,
}

/// A row as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    request: String,
    #[serde(default)]
    who: Whom,
    address: Option<IpAddr>,
    verdict: Outcome,
    rule: Option<String>,
}

/// A row: a request, who makes it, and what must become of it.
#[derive(Debug)]
pub(super) struct Row {
    /// `tests[0]`, with the row's name if it has one.
    pub label: String,
    /// The line on which it begins.
    pub line: usize,
    method: String,
    url: String,
    subject: Option<Subject>,
    address: Option<IpAddr>,
    /// What must become of it.
    pub verdict: Outcome,
    /// The name of the rule that must decide it, if that matters.
    pub rule: Option<String>,
}

impl Row {
    /// What the rules say of it.
    pub(super) fn decide(&self, rules: &Rules, places: &[crate::config::raw::Origin], now: Timestamp) -> Reasons {
        let original = match asked(&self.method, &self.url, rules.policies()) {
            Ok(original) => original,
            Err(why) => return Reasons::unreadable(&why),
        };
        let found = rules.find(&original);
        let who = self.subject.as_ref().and_then(|subject| subject.seen_with(found.reach()));
        Reasons::of(&found, who.as_ref(), self.address, now, places)
    }
}

/// Reads a table.
///
/// # Errors
/// What is wrong with it, with the place.
pub(super) fn rows(path: &Path, text: &str, now: Timestamp) -> anyhow::Result<Vec<Row>> {
    let shown = path.display();
    let line_at = |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
    let table: Table = toml::from_str(text).map_err(|error| {
        let line = line_at(error.span().map_or(0, |span| span.start));
        anyhow::anyhow!("{shown}:{line}: {}", error.message())
    })?;
    if table.tests.is_empty() {
        bail!("{shown}:1: has no `[[tests]]`; write some, each with `request`, `who` and `verdict`");
    }
    let mut rows = Vec::with_capacity(table.tests.len());
    for (index, row) in table.tests.into_iter().enumerate() {
        let line = line_at(row.span().start);
        let Written { name, request, who, address, verdict, rule } = row.into_inner();
        let wrong = |key: &str, message: &str| anyhow::anyhow!("{shown}:{line}: tests[{index}].{key}: {message}");
        let Some((method, url)) = request.split_once(' ') else {
            return Err(wrong(
                "request",
                &format!("`{request}` is not a method and a URL; write `GET https://app.example.com/`"),
            ));
        };
        let label = name.map_or_else(|| format!("tests[{index}]"), |name| format!("tests[{index}] (\"{name}\")"));
        let subject = who.subject(now).map_err(|message| wrong("who", &message))?;
        let (method, url) = (method.to_owned(), url.to_owned());
        rows.push(Row { label, line, method, url, subject, address, verdict, rule });
    }
    Ok(rows)
}
