//! Where the values of a rule were written, under their keys, so that what the gate finds wrong can be pointed at.

use std::collections::BTreeMap;

use vestibule_gate::rules::Part;

use crate::config::raw::Origin;

/// The places of one rule.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// `rules[0]`.
    pub key: String,
    /// Where the rule begins.
    pub begins: Origin,
    /// Whether `allow` is a list of tables.
    pub is_list: bool,
    values: BTreeMap<String, Origin>,
}

impl Places {
    pub(super) fn new(key: String, begins: Origin) -> Self {
        Self { key, begins, is_list: false, values: BTreeMap::new() }
    }

    /// Notes a value under its key in the rule, such as `paths[1]` or `allow.users[0]`.
    pub(super) fn note(&mut self, key: &str, origin: Origin) {
        self.values.insert(key.to_owned(), origin);
    }

    /// The whole key and the place of a part.
    pub(super) fn of(&self, part: Part) -> (String, Origin) {
        let table = |index: usize| {
            let item = format!("allow[{index}]");
            // An empty list has no items to point at.
            if self.is_list && self.values.contains_key(&item) { item } else { "allow".to_owned() }
        };
        let key = match part {
            Part::Whole => return (self.key.clone(), self.begins.clone()),
            Part::Host(index) => format!("hosts[{index}]"),
            Part::Path(index) => format!("paths[{index}]"),
            Part::Method(index) => format!("methods[{index}]"),
            Part::Allow(index, "") => table(index),
            Part::Allow(index, condition) => format!("{}.{condition}", table(index)),
        };
        (format!("{}.{key}", self.key), self.at(&key))
    }

    /// Where a key was written, or else the rule.
    pub(super) fn at(&self, key: &str) -> Origin {
        self.values.get(key).unwrap_or(&self.begins).clone()
    }
}
