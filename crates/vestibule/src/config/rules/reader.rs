//! Takes values from TOML, and notes what is wrong with its place and with what to write.

use std::fmt::Display;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Key;
use super::place::Places;
use crate::config::raw::{Origin, Problem};
use crate::config::source::raw;

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// What is wrong, as it is found.
pub(super) struct Reader<'t> {
    at: &'t dyn Fn(usize) -> Origin,
    pub problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(at: &'t dyn Fn(usize) -> Origin) -> Self {
        Self { at, problems: Vec::new() }
    }

    /// Where a byte of the text stands.
    pub(super) fn place(&self, at: usize) -> Origin {
        (self.at)(at)
    }

    pub(super) fn wrong(&mut self, at: usize, key: &str, message: impl Into<String>) {
        let origin = self.place(at);
        self.problems.push(Problem { origin, key: key.to_owned(), message: message.into() });
    }

    /// "expected X, found Y".
    pub(super) fn unexpected(&mut self, key: &str, value: &Value<'_>, takes: &str) {
        self.wrong(value.span().start, key, format!("expected {takes}, found {}", raw(value.get_ref())));
    }

    /// Notes the keys of a table that are none of these.
    pub(super) fn unknown(&mut self, key: &str, table: &DeTable<'_>, known: &[Key]) {
        for (name, _) in table {
            if known.iter().all(|key| key.name != name.get_ref()) {
                let near = known.iter().min_by_key(|key| strsim::damerau_levenshtein(key.name, name.get_ref()));
                let near = near.filter(|key| {
                    strsim::damerau_levenshtein(key.name, name.get_ref()) <= 1 + name.get_ref().len() / 4
                });
                let names = || known.iter().map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ");
                let instead = near
                    .map_or_else(|| format!("there are {}", names()), |near| format!("did you mean `{}`?", near.name));
                self.wrong(
                    name.span().start,
                    &format!("{key}.{}", name.get_ref()),
                    format!("there is no such setting; {instead}"),
                );
            }
        }
    }

    /// A list of texts, each read. Notes the places of the list and of its items.
    pub(super) fn list<T, E: Display>(
        &mut self,
        places: &mut Places,
        (key, takes): (&str, &str),
        value: &Value<'_>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let whole = format!("{}.{key}", places.key);
        places.note(key, self.place(value.span().start));
        let DeValue::Array(items) = value.get_ref() else {
            self.unexpected(&whole, value, takes);
            return Vec::new();
        };
        if items.is_empty() {
            self.wrong(value.span().start, &whole, "is an empty list; leave it out, or write what it is for");
        }
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            places.note(&format!("{key}[{index}]"), self.place(item.span().start));
            let key = format!("{whole}[{index}]");
            match item.get_ref().as_str().map(&parse) {
                None => self.unexpected(&key, item, "a text"),
                Some(Ok(value)) => read.push(value),
                Some(Err(error)) => self.wrong(item.span().start, &key, error.to_string()),
            }
        }
        read
    }
}

/// What the messages say that a key takes.
pub(super) fn takes(keys: &[Key], name: &str) -> &'static str {
    keys.iter().find(|key| key.name == name).map_or("another value", |key| key.takes)
}
