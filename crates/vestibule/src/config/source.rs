//! Where settings are written: a file, and over it the environment. Finds every value's place, and every key that is
//! nobody's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::{no_such_setting, sections};
use super::raw::{Origin, Problem, Raw};
use super::rules::{Sheet, is_ours};
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
    /// Where the tables of lists of tables begin, under the list's name.
    tables: BTreeMap<String, Vec<Origin>>,
    /// The table of a list that is being taken, counted from 0.
    table: usize,
    /// The rules of the file.
    sheet: Sheet,
}

impl Source {
    /// Reads the text of a file (`None`: there is none) and the environment, and notes the keys that are not `known`.
    pub(super) fn read(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (OsString, OsString)>,
        known: &[String],
    ) -> Self {
        let mut source = Self {
            values: BTreeMap::new(),
            shown: Vec::new(),
            problems: Vec::new(),
            tables: BTreeMap::new(),
            table: 0,
            sheet: Sheet::default(),
        };
        if let Some((path, text)) = file {
            source.read_file(path, text, known);
        }
        for (name, value) in environment {
            source.read_variable(&name.to_string_lossy(), value);
        }
        let unknown: Vec<String> =
            source.values.keys().filter(|key| !known.contains(&any_table(key))).cloned().collect();
        for key in unknown {
            let origin = source.values.remove(&key).map_or(Origin::Default, |written| written.origin);
            let message = no_such_setting(&any_table(&key), known);
            source.problems.push(Problem { origin, key, message });
        }
        source
    }

    fn read_variable(&mut self, name: &str, value: OsString) {
        let Some(rest) = name.strip_prefix(PREFIX).or_else(|| nearly(name)) else { return };
        let key = rest.to_lowercase().replace("__", ".");
        let origin = Origin::Environment(name.to_owned());
        let exact = format!("{PREFIX}{}", rest.to_uppercase());
        if name != exact {
            self.problems.push(Problem {
                origin,
                key,
                message: format!("is not read under this name; write `{exact}`"),
            });
            return;
        }
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
        self.sheet = Sheet::read(table.get_ref(), &origin);
        for (name, value) in table.get_ref() {
            match value.get_ref() {
                ours if is_ours(name.get_ref(), ours) => {}
                DeValue::Table(section) => {
                    for (field, value) in section {
                        self.note(key(name.get_ref(), field.get_ref()), value, origin(field.span().start), &origin);
                    }
                    if section.is_empty() && !sections(known).any(|known| known == name.get_ref()) {
                        let key = name.get_ref().to_string();
                        let message = no_such_setting(&key, known);
                        self.problems.push(Problem { origin: origin(name.span().start), key, message });
                    }
                }
                DeValue::Array(tables) if is_list_of_tables(name.get_ref(), known) => {
                    self.note_tables(name.get_ref(), tables, &origin);
                }
                _ => self.note(name.get_ref().to_string(), value, origin(name.span().start), &origin),
            }
        }
    }

    /// Notes each setting of each table as `list[0].name`.
    fn note_tables(&mut self, list: &str, tables: &[Spanned<DeValue<'_>>], origin: &dyn Fn(usize) -> Origin) {
        for (index, table) in tables.iter().enumerate() {
            let begins = origin(table.span().start);
            let name = format!("{list}[{index}]");
            match table.get_ref() {
                DeValue::Table(settings) => {
                    for (field, value) in settings {
                        self.note(key(&name, field.get_ref()), value, origin(field.span().start), origin);
                    }
                }
                _ => self.problems.push(Problem {
                    origin: begins.clone(),
                    key: name,
                    message: format!("is not a table; write `[[{list}]]`, and its settings below"),
                }),
            }
            self.tables.entry(list.to_owned()).or_default().push(begins);
        }
    }

    /// Takes each table of a list of tables, with the place where it begins.
    pub(super) fn take_tables<T>(&mut self, list: &str, take: impl Fn(&mut Self) -> T) -> Vec<(T, Origin)> {
        let begin = self.tables.remove(list).unwrap_or_default().into_iter().enumerate();
        begin
            .map(|(index, origin)| {
                self.table = index;
                (take(self), origin)
            })
            .collect()
    }

    fn note(&mut self, key: String, value: &Spanned<DeValue<'_>>, origin: Origin, at: &dyn Fn(usize) -> Origin) {
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| at(item.span().start)).collect(),
            DeValue::Table(pairs) => pairs.iter().map(|(name, _)| at(name.span().start)).collect(),
            _ => Vec::new(),
        };
        self.values.insert(key, Written { raw: raw(value.get_ref()), origin, items });
    }

    /// The value of a setting, or its default where none was written or what was written cannot be read.
    /// In a list of tables, `[]` in the key is the table that is being taken.
    pub(super) fn take<T: Setting>(&mut self, key: &str, default: Raw) -> T {
        let key = &key.replace("[]", &format!("[{}]", self.table));
        let unwritten = || Written { raw: default.clone(), origin: Origin::Default, items: Vec::new() };
        let Written { raw, origin, items } = self.values.remove(key).unwrap_or_else(unwritten);
        let shown = if T::IS_SECRET { raw.hidden() } else { raw.clone() };
        self.shown.push((key.clone(), shown, origin.clone()));
        match T::read(&raw) {
            Ok(value) => value,
            Err(Wrong { item, message }) => {
                let origin = item.and_then(|item| items.get(item).cloned()).unwrap_or(origin);
                let key = item.map_or_else(|| key.clone(), |item| format!("{key}[{item}]"));
                self.problems.push(Problem { origin, key, message });
                T::read(&default).unwrap_or_else(|_| unreachable!("a test reads every default"))
            }
        }
    }

    /// What was taken, in order, and what is wrong; and the rules.
    pub(super) fn finish(self) -> (Vec<(String, Raw, Origin)>, Vec<Problem>, Sheet) {
        (self.shown, self.problems, self.sheet)
    }
}

/// The key of a setting in any table of its list: `list[].name` for `list[0].name`.
fn any_table(key: &str) -> String {
    let found = key.split_once('[').and_then(|(list, rest)| Some((list, rest.split_once(']')?.1)));
    found.map_or_else(|| key.to_owned(), |(list, rest)| format!("{list}[]{rest}"))
}

fn is_list_of_tables(name: &str, known: &[String]) -> bool {
    known.iter().any(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with("[].")))
}

/// Where a setting was written.
pub(super) fn origin_of(shown: &[(String, Raw, Origin)], key: &str) -> Origin {
    shown.iter().find(|(name, ..)| name == key).map_or(Origin::Default, |(.., origin)| origin.clone())
}

/// A value in the forms that settings have.
pub(super) fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(switch) => Raw::Switch(*switch),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            read.map_or(Raw::Other("a number that is too large"), Raw::Number)
        }
        DeValue::Array(items) => {
            let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
            let texts = items.iter().map(text).collect::<Option<Vec<_>>>();
            texts.map_or(Raw::Other("a list with other things than texts"), Raw::List)
        }
        DeValue::Float(_) => Raw::Other("a float"),
        DeValue::Datetime(_) => Raw::Other("a datetime"),
        DeValue::Table(pairs) => {
            let pair = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = name.get_ref();
                Some((name.to_string(), value.get_ref().as_str()?.to_owned()))
            };
            let texts = pairs.iter().map(pair).collect::<Option<Vec<_>>>();
            texts.map_or(Raw::Other("a table"), Raw::Table)
        }
    }
}

/// What follows in a variable that was probably meant as a setting: one `_` is missing. A name without `__` may be
/// somebody else's (Kubernetes makes `VESTIBULE_PORT` for a service of our name).
fn nearly(name: &str) -> Option<&str> {
    name.strip_prefix("VESTIBULE_").filter(|rest| rest.contains("__"))
}
