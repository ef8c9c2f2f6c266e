//! Reads `allow` of a rule: two words, a table of conditions, or a list of tables.

use toml::de::{DeTable, DeValue};
use vestibule_gate::account::Role;
use vestibule_gate::grant::{ClientId, Scopes};
use vestibule_gate::network::Network;
use vestibule_gate::rules::{Allow, Amr, Conditions, Listed};

use super::keys::{CONDITIONS, RULE};
use super::place::Places;
use super::reader::{Reader, Value, takes};
use crate::config::duration::Duration;

pub(super) fn read(reader: &mut Reader<'_>, places: &mut Places, value: &Value<'_>) -> Allow {
    let key = format!("{}.allow", places.key);
    places.note("allow", reader.place(value.span().start));
    match value.get_ref() {
        DeValue::String(word) => match word.as_ref() {
            "anyone" => Allow::Anyone,
            "any user" => Allow::AnyUser,
            _ => {
                reader.unexpected(&key, value, takes(&RULE, "allow"));
                Allow::AnyUser
            }
        },
        DeValue::Table(table) => Allow::Any(vec![conditions(reader, places, "allow", table)]),
        DeValue::Array(tables) => {
            places.is_list = true;
            let mut alternatives = Vec::with_capacity(tables.len());
            for (index, table) in tables.iter().enumerate() {
                let name = format!("allow[{index}]");
                places.note(&name, reader.place(table.span().start));
                match table.get_ref() {
                    DeValue::Table(table) => alternatives.push(conditions(reader, places, &name, table)),
                    _ => reader.unexpected(&format!("{key}[{index}]"), table, "a table of conditions"),
                }
            }
            Allow::Any(alternatives)
        }
        _ => {
            reader.unexpected(&key, value, takes(&RULE, "allow"));
            Allow::AnyUser
        }
    }
}

fn conditions(reader: &mut Reader<'_>, places: &mut Places, table_key: &str, table: &DeTable<'_>) -> Conditions {
    reader.unknown(&format!("{}.{table_key}", places.key), table, &CONDITIONS);
    let mut read = Conditions::default();
    for (name, value) in table {
        let key = &*format!("{table_key}.{}", name.get_ref());
        let at = (key, takes(&CONDITIONS, name.get_ref()));
        match name.get_ref().as_ref() {
            "users" => read.users = reader.list(places, at, value, Listed::parse),
            "any_role" => read.any_role = reader.list(places, at, value, Role::parse),
            "all_roles" => read.all_roles = reader.list(places, at, value, Role::parse),
            "amr" => read.amr = reader.list(places, at, value, Amr::parse),
            "scopes" => read.scopes = reader.list(places, at, value, scope),
            "clients" => read.clients = reader.list(places, at, value, ClientId::parse),
            "networks" => read.networks = reader.list(places, at, value, Network::parse),
            "verified" => read.verified = switch(reader, places, at, value) == Some(true),
            "anonymous" => read.anonymous = switch(reader, places, at, value),
            "max_age" => {
                places.note(key, reader.place(value.span().start));
                let whole = format!("{}.{key}", places.key);
                match value.get_ref().as_str().map(Duration::parse) {
                    Some(Ok(age)) => read.max_age = Some(age.0),
                    Some(Err(message)) => reader.wrong(value.span().start, &whole, message),
                    None => reader.unexpected(&whole, value, at.1),
                }
            }
            // Named already.
            _ => {}
        }
    }
    read
}

/// Yes or no. `verified = false` would read as "is not verified", which nobody asks for.
fn switch(reader: &mut Reader<'_>, places: &mut Places, (key, takes): (&str, &str), value: &Value<'_>) -> Option<bool> {
    places.note(key, reader.place(value.span().start));
    let whole = format!("{}.{key}", places.key);
    match value.get_ref() {
        DeValue::Boolean(false) if key.ends_with(".verified") => {
            reader.wrong(value.span().start, &whole, "asks for nothing; leave it out, or write `verified = true`");
            None
        }
        DeValue::Boolean(switch) => Some(*switch),
        _ => {
            reader.unexpected(&whole, value, takes);
            None
        }
    }
}

/// One scope (RFC 6749 section 3.3).
fn scope(text: &str) -> Result<Box<str>, String> {
    match Scopes::parse(text) {
        Ok(scopes) if scopes.as_text() == text && !text.is_empty() && !text.contains(' ') => Ok(text.into()),
        Ok(_) => Err(format!("`{text}` is not one scope; write each as an item of its own")),
        Err(error) => Err(format!("`{text}` is not a scope: {error}")),
    }
}
