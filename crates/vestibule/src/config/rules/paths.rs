//! Reads `[paths."host"]`: how paths of a host are read.

use toml::de::{DeTable, DeValue};
use vestibule_gate::original::{Case, HostPattern, Line, PathPolicy};
use vestibule_gate::rules::read_host;

use super::keys::PATHS;
use super::place::Places;
use super::reader::{Reader, Value, takes};
use crate::config::raw::Origin;

/// What was written for one host.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub host: HostPattern,
    pub policy: PathPolicy,
    pub begins: Origin,
}

pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> Vec<Written> {
    let DeValue::Table(hosts) = value.get_ref() else {
        reader.wrong(value.span().start, "paths", "is not a table; write `[paths.\"app.example.com\"]`");
        return Vec::new();
    };
    let mut read = Vec::new();
    for (host, value) in hosts {
        let key = format!("paths.{:?}", host.get_ref());
        let begins = reader.place(host.span().start);
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong(
                host.span().start,
                &key,
                "is a setting of no host; write `[paths.\"app.example.com\"]` above it",
            );
            continue;
        };
        // `[paths.app.example.com]` is a table in a table.
        if table.values().any(|value| matches!(value.get_ref(), DeValue::Table(_))) {
            reader.wrong(
                host.span().start,
                &key,
                "is not a host; write the whole host in quotes: `[paths.\"app.example.com\"]`",
            );
            continue;
        }
        match read_host(host.get_ref()) {
            Ok(host) => {
                let policy = policy(reader, Places::new(key, begins.clone()), table);
                read.push(Written { host, policy, begins });
            }
            Err(error) => reader.wrong(host.span().start, &key, error.to_string()),
        }
    }
    read
}

fn policy(reader: &mut Reader<'_>, mut places: Places, table: &DeTable<'_>) -> PathPolicy {
    reader.unknown(&places.key, table, &PATHS);
    let mut policy = PathPolicy::default();
    for (name, value) in table {
        let takes = takes(&PATHS, name.get_ref());
        match name.get_ref().as_ref() {
            "allow" => policy = policy.allowing(reader.list(&mut places, ("allow", takes), value, Line::parse)),
            "case" => match value.get_ref().as_str() {
                Some("sensitive") => policy = policy.with_case(Case::Sensitive),
                Some("insensitive") => policy = policy.with_case(Case::Insensitive),
                Some(_) | None => reader.unexpected(&format!("{}.case", places.key), value, takes),
            },
            // Named already.
            _ => {}
        }
    }
    if policy == PathPolicy::default() && reader.problems.is_empty() {
        let key = places.key.clone();
        let message = "says nothing; write `allow` or `case`, or leave it out".to_owned();
        reader.problems.push(crate::config::raw::Problem { origin: places.begins, key, message });
    }
    policy
}
