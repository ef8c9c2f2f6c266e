//! Where settings are written: a file, and over it the environment. Finds every value's place, and every key that is
//! nobody's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::{Origin, Problem, Raw};
use super::setting::{Setting, Wrong};

/// What stands before each variable.
const PREFIX: &str = "VESTIBULE__";

/// `section.name`, or `name` at the top of the file.
pub(super) fn key(table: &str, field: &str) -> String {
    if table.is_empty() { field.to_owned() } else { format!("{table}.{field}") }
}

/// A value and where it stands.
struct Written {
    raw: Raw,
    origin: Origin,
    /// Where the items of a list stand; empty for what is no list in a file.
    items: Vec<Origin>,
}

/// Everything that was written, and what is wrong with it.
pub(super) struct Source {
    values: BTreeMap<String, Written>,
    shown: Vec<(String, Raw, Origin)>,
    problems: Vec<Problem>,
}

impl Source {
    /// Reads the text of a file (`None`: there is none) and the environment, and notes the keys that are not `known`.
    pub(super) fn read(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (OsString, OsString)>,
        known: &[String],
    ) -> Self {
        let mut source = Self { values: BTreeMap::new(), shown: Vec::new(), problems: Vec::new() };
        if let Some((path, text)) = file {
            source.read_file(path, text, known);
        }
        for (name, value) in environment {
            source.read_variable(&name.to_string_lossy(), value);
        }
        let unknown: Vec<String> = source.values.keys().filter(|key| !known.contains(key)).cloned().collect();
        for key in unknown {
            let origin = source.values.remove(&key).map_or(Origin::Default, |written| written.origin);
            let message = no_such_setting(nearest(&key, known.iter().map(String::as_str)));
            source.problems.push(Problem { origin, key, message });
        }
        source
    }

    fn read_variable(&mut self, name: &str, value: OsString) {
        let Some(rest) = name.strip_prefix(PREFIX) else { return };
        let key = rest.to_lowercase().replace("__", ".");
        let origin = Origin::Environment(name.to_owned());
        match value.into_string() {
            Ok(value) => {
                self.values.insert(key, Written { raw: Raw::Text(value), origin, items: Vec::new() });
            }
            Err(_) => self.problems.push(Problem { origin, key, message: "is not UTF-8".to_owned() }),
        }
    }

    fn read_file(&mut self, path: &Path, text: &str, known: &[String]) {
        let line_at = |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
        let origin = |at: usize| Origin::File { path: path.to_owned(), line: line_at(at) };
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let message = format!("line {}: not TOML: {}", line_at(at), error.message());
                self.problems.push(Problem { origin: origin(at), key: String::new(), message });
                return;
            }
        };
        for (name, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(section) => {
                    for (field, value) in section {
                        self.note(key(name.get_ref(), field.get_ref()), value, origin(field.span().start), &origin);
                    }
                    if section.is_empty() && !sections(known).any(|known| known == name.get_ref()) {
                        let message = no_such_setting(nearest(name.get_ref(), sections(known)));
                        self.problems.push(Problem {
                            origin: origin(name.span().start),
                            key: name.get_ref().to_string(),
                            message,
                        });
                    }
                }
                _ => self.note(name.get_ref().to_string(), value, origin(name.span().start), &origin),
            }
        }
    }

    fn note(&mut self, key: String, value: &Spanned<DeValue<'_>>, origin: Origin, at: &dyn Fn(usize) -> Origin) {
        match raw(value.get_ref()) {
            Some(raw) => {
                let items = match value.get_ref() {
                    DeValue::Array(items) => items.iter().map(|item| at(item.span().start)).collect(),
                    _ => Vec::new(),
                };
                self.values.insert(key, Written { raw, origin, items });
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
        let unwritten = || Written { raw: default.clone(), origin: Origin::Default, items: Vec::new() };
        let Written { raw, origin, items } = self.values.remove(key).unwrap_or_else(unwritten);
        self.shown.push((key.to_owned(), raw.clone(), origin.clone()));
        match T::read(&raw) {
            Ok(value) => value,
            Err(Wrong { item, message }) => {
                let origin = item.and_then(|item| items.get(item).cloned()).unwrap_or(origin);
                let key = item.map_or_else(|| key.to_owned(), |item| format!("{key}[{item}]"));
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
        origin_of(&self.shown, key)
    }

    /// What was taken, in order, and what is wrong.
    pub(super) fn finish(self) -> (Vec<(String, Raw, Origin)>, Vec<Problem>) {
        (self.shown, self.problems)
    }
}

/// Where a setting was written.
pub(super) fn origin_of(shown: &[(String, Raw, Origin)], key: &str) -> Origin {
    shown.iter().find(|(name, ..)| name == key).map_or(Origin::Default, |(.., origin)| origin.clone())
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

/// The names of the sections among the known keys.
fn sections(known: &[String]) -> impl Iterator<Item = &str> {
    known.iter().filter_map(|key| key.split_once('.').map(|(section, _)| section))
}

fn no_such_setting(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("there is no such setting; did you mean `{name}`?"),
        None => "there is no such setting; `vestibule config reference` lists them".to_owned(),
    }
}

/// The known key that looks most like this one, if any does.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let distance = |candidate: &str| {
        strsim::damerau_levenshtein(key, candidate).min(1 + strsim::damerau_levenshtein(&name(key), &name(candidate)))
    };
    known.min_by_key(|known| distance(known)).filter(|candidate| distance(candidate) <= 1 + key.len() / 4)
}
