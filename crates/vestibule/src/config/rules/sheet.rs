//! All rules of one text, as they were read: `[[rules]]` and `[paths."host"]`.

use std::path::Path;

use toml::de::{DeTable, DeValue};
use vestibule_gate::rules::Rule;

use super::paths::{self, Written};
use super::place::Places;
use super::reader::Reader;
use super::rule;
use crate::config::raw::{Origin, Problem};

/// Rules of one text, not compiled yet.
#[derive(Debug, Default)]
pub(in crate::config) struct Sheet {
    pub(super) rules: Vec<(Rule, Places)>,
    pub(super) paths: Vec<Written>,
    pub(super) problems: Vec<Problem>,
}

/// Whether a value at the top of the configuration belongs to the rules: `[[rules]]`, but not `rules = "file"`.
pub(in crate::config) fn is_ours(name: &str, value: &DeValue<'_>) -> bool {
    match name {
        "rules" => !matches!(value, DeValue::String(_)),
        "paths" => true,
        _ => false,
    }
}

impl Sheet {
    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.paths.is_empty() && self.problems.is_empty()
    }

    /// Where the first of it stands.
    pub(super) fn begins(&self) -> Origin {
        let rule = self.rules.first().map(|(_, places)| &places.begins);
        let path = self.paths.first().map(|written| &written.begins);
        let problem = self.problems.first().map(|problem| &problem.origin);
        rule.or(path).or(problem).cloned().unwrap_or(Origin::Default)
    }

    /// Reads what is [ours](is_ours) in a text.
    pub(in crate::config) fn read(table: &DeTable<'_>, at: &dyn Fn(usize) -> Origin) -> Self {
        let mut reader = Reader::new(at);
        let mut sheet = Self::default();
        for (name, value) in table.iter().filter(|(name, value)| is_ours(name.get_ref(), value.get_ref())) {
            if name.get_ref() == "paths" {
                sheet.paths = paths::read(&mut reader, value);
                continue;
            }
            let DeValue::Array(tables) = value.get_ref() else {
                reader.wrong(
                    name.span().start,
                    "rules",
                    "is a list of tables: write `[[rules]]`, and its settings below",
                );
                continue;
            };
            if tables.is_empty() {
                reader.wrong(name.span().start, "rules", "is empty; leave it out for any user who is not a guest");
            }
            for (index, table) in tables.iter().enumerate() {
                let key = format!("rules[{index}]");
                let mut places = Places::new(key.clone(), reader.place(table.span().start));
                match table.get_ref() {
                    DeValue::Table(table) => {
                        let rule = rule::read(&mut reader, &mut places, table);
                        sheet.rules.push((rule, places));
                    }
                    _ => reader.wrong(
                        table.span().start,
                        &key,
                        "is not a table; write `[[rules]]`, and its settings below",
                    ),
                }
            }
        }
        sheet.problems = reader.problems;
        sheet
    }

    /// Reads a file that has rules and nothing else.
    pub(super) fn read_file(path: &Path, text: &str) -> Self {
        let line_at = |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
        let at = |at: usize| Origin::File { path: path.to_owned(), line: line_at(at) };
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let origin = at(error.span().map_or(0, |span| span.start));
                let message = format!("not TOML: {}", error.message());
                return Self { problems: vec![Problem { origin, key: String::new(), message }], ..Self::default() };
            }
        };
        let mut sheet = Self::read(table.get_ref(), &at);
        for (name, value) in table.get_ref() {
            if !is_ours(name.get_ref(), value.get_ref()) {
                let message =
                    "does not belong here; a file of rules has `[[rules]]` and `[paths.\"host\"]` only".to_owned();
                sheet.problems.push(Problem {
                    origin: at(name.span().start),
                    key: name.get_ref().to_string(),
                    message,
                });
            }
        }
        if sheet.rules.is_empty() && sheet.problems.is_empty() {
            let message = "has no `[[rules]]`; write some, or do not name the file".to_owned();
            sheet.problems.push(Problem { origin: at(0), key: String::new(), message });
        }
        sheet
    }
}
