//! Rules as `vestibule config show` has them: each key as it would be written.

use vestibule_gate::rules::Rule;

use super::book::Book;
use crate::config::raw::{Origin, Raw};

impl Book {
    /// Every key of every rule, with the place of the rule.
    pub(in crate::config) fn shown(&self) -> Vec<(String, Raw, Origin)> {
        let rules = self.rules.rules().iter().zip(&self.places).enumerate();
        rules.flat_map(|(index, (rule, origin))| keys(index, rule, origin)).collect()
    }
}

fn keys(index: usize, rule: &Rule, origin: &Origin) -> Vec<(String, Raw, Origin)> {
    fn list<T: ToString>(items: &[T]) -> Raw {
        if items.is_empty() { Raw::Absent } else { Raw::List(items.iter().map(ToString::to_string).collect()) }
    }
    let name = rule.name.as_deref().map_or(Raw::Absent, |name| Raw::Text(name.to_owned()));
    let keys = [
        ("name", name),
        ("hosts", list(&rule.hosts)),
        ("paths", list(&rule.paths)),
        ("methods", list(&rule.methods)),
        ("allow", Raw::Written(rule.allow.to_string())),
    ];
    keys.into_iter().map(|(key, value)| (format!("rules[{index}].{key}"), value, origin.clone())).collect()
}
