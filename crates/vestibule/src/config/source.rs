//! Where settings are written: a file, and over it the environment. Finds every value's place, and every key that is
//! nobody's.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::{Origin, Problem, Raw};
use super::setting::Setting;

/// What stands before each variable.
const PREFIX: &str = "VESTIBULE__";

/// `section.name`, or `name` at the top of the file.
pub(super) fn key(table: &str, field: &str) -> String {
    if table.is_empty() { field.to_owned() } else { format!("{table}.{field}") }
}

/// Everything that was written, and what is wrong with it.
pub(super) struct Source {
    values: BTreeMap<String, (Raw, Origin)>,
    shown: Vec<(String, Raw, Origin)>,
    problems: Vec<Problem>,
}

impl Source {
    /// Reads the text of a file (`None`: there is none) and the environment, and notes the keys that are not `known`.
    pub(super) fn read(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (String, String)>,
        known: &[String],
    ) -> Self {
        let mut source = Self { values: BTreeMap::new(), shown: Vec::new(), problems: Vec::new() };
        if let Some((path, text)) = file {
            source.read_file(path, text);
        }
        for (name, value) in environment {
            if let Some(rest) = name.strip_prefix(PREFIX) {
                let key = rest.to_lowercase().replace("__", ".");
                source.values.insert(key, (Raw::Text(value), Origin::Environment(name)));
            }
        }
        let unknown: Vec<String> = source.values.keys().filter(|key| !known.contains(key)).cloned().collect();
        for key in unknown {
            let origin = source.values.remove(&key).map_or(Origin::Default, |(_, origin)| origin);
            let message = match nearest(&key, known) {
                Some(name) => format!("there is no such setting; did you mean `{name}`?"),
                None => "there is no such setting; docs/configuration.md lists them".to_owned(),
            };
            source.problems.push(Problem { origin, key, message });
        }
        source
    }

    fn read_file(&mut self, path: &Path, text: &str) {
        let line_at = |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
        let origin = |at: usize| Origin::File { path: path.to_owned(), line: line_at(at) };
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let message = format!("not TOML: {}", error.message());
                self.problems.push(Problem { origin: origin(at), key: String::new(), message });
                return;
            }
        };
        for (name, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(section) => {
                    for (field, value) in section {
                        self.note(key(name.get_ref(), field.get_ref()), value, origin(field.span().start));
                    }
                }
                _ => self.note(name.get_ref().to_string(), value, origin(name.span().start)),
            }
        }
    }

    fn note(&mut self, key: String, value: &Spanned<DeValue<'_>>, origin: Origin) {
        match raw(value.get_ref()) {
            Some(raw) => {
                self.values.insert(key, (raw, origin));
            }
            None => {
                let message = format!(
                    "expected a text, a whole number, a switch or a list of texts, found {}",
                    value.get_ref().type_str()
                );
                self.problems.push(Problem { origin, key, message });
            }
        }
    }

    /// The value of a setting, or its default where none was written or what was written cannot be read.
    pub(super) fn take<T: Setting>(&mut self, key: &str, default: Raw) -> T {
        let (raw, origin) = self.values.remove(key).unwrap_or_else(|| (default.clone(), Origin::Default));
        self.shown.push((key.to_owned(), raw.clone(), origin.clone()));
        match T::read(&raw) {
            Ok(value) => value,
            Err(message) => {
                let (key, message) = match message.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
                    Some((index, rest)) => (format!("{key}[{index}]"), rest.to_owned()),
                    None => (key.to_owned(), message),
                };
                self.problems.push(Problem { origin, key, message });
                T::read(&default).unwrap_or_else(|_| unreachable!("a test reads every default"))
            }
        }
    }

    /// Notes what is wrong with settings that are well written each.
    pub(super) fn note_problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Where a setting was written.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.shown.iter().find(|(name, ..)| name == key).map_or(Origin::Default, |(.., origin)| origin.clone())
    }

    /// What was taken, in order, and what is wrong.
    pub(super) fn finish(self) -> (Vec<(String, Raw, Origin)>, Vec<Problem>) {
        (self.shown, self.problems)
    }
}

fn raw(value: &DeValue<'_>) -> Option<Raw> {
    match value {
        DeValue::String(text) => Some(Raw::Text(text.to_string())),
        DeValue::Boolean(switch) => Some(Raw::Switch(*switch)),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Raw::Number),
        DeValue::Array(items) => {
            let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
            items.iter().map(text).collect::<Option<Vec<_>>>().map(Raw::List)
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The known key that looks most like this one, if any does.
fn nearest<'k>(key: &str, known: &'k [String]) -> Option<&'k str> {
    let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let distance = |candidate: &&String| {
        strsim::damerau_levenshtein(key, candidate).min(1 + strsim::damerau_levenshtein(&name(key), &name(candidate)))
    };
    known.iter().min_by_key(distance).filter(|candidate| distance(candidate) <= 1 + key.len() / 4).map(String::as_str)
}
