//! Reads one rule.

use toml::de::{DeTable, DeValue};
use vestibule_gate::rules::{Allow, HttpMethod, PathPattern, Rule, read_host};

use super::allow;
use super::keys::RULE;
use super::place::Places;
use super::reader::{Reader, Value, takes};

/// More characters in a name are no help in a log.
const LONGEST_NAME: usize = 60;

/// Reads the rule of a table. What is wrong is noted, and the rule that is returned then means nothing.
pub(super) fn read(reader: &mut Reader<'_>, places: &mut Places, table: &DeTable<'_>) -> Rule {
    reader.unknown(&places.key, table, &RULE);
    let mut rule = Rule { name: None, hosts: vec![], paths: vec![], methods: vec![], allow: Allow::AnyUser };
    let mut has_allow = false;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let at = (name, takes(&RULE, name));
        match name {
            "name" => rule.name = read_name(reader, places, value),
            "hosts" => rule.hosts = reader.list(places, at, value, read_host),
            "paths" => rule.paths = reader.list(places, at, value, PathPattern::parse),
            "methods" => rule.methods = reader.list(places, at, value, HttpMethod::parse),
            "allow" => {
                rule.allow = allow::read(reader, places, value);
                has_allow = true;
            }
            // Named already.
            _ => {}
        }
    }
    if !has_allow {
        let message = format!("is missing; write who may pass: {}", takes(&RULE, "allow"));
        let key = format!("{}.allow", places.key);
        let origin = places.begins.clone();
        reader.problems.push(crate::config::raw::Problem { origin, key, message });
    }
    rule
}

fn read_name(reader: &mut Reader<'_>, places: &mut Places, value: &Value<'_>) -> Option<Box<str>> {
    places.note("name", reader.place(value.span().start));
    match value.get_ref() {
        DeValue::String(name)
            if (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control) =>
        {
            Some(name.as_ref().into())
        }
        _ => {
            reader.unexpected(&format!("{}.name", places.key), value, takes(&RULE, "name"));
            None
        }
    }
}
