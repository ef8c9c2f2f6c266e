//! What is wrong with one rule, whatever the others say.

use std::fmt::Display;

use super::conditions::Conditions;
use super::error::{Fault, Part};
use super::pattern::PathPattern;
use super::rule::{Allow, Rule};
use crate::original::{PathPolicies, PathPolicy, path::canonical};

/// A place to say what is wrong: which part, and in what way.
type Say<'s> = &'s mut dyn FnMut(Part, Fault);

pub(super) fn rule(rule: &Rule, policies: &PathPolicies, say: Say<'_>) {
    doubles(&rule.hosts, say, Part::Host);
    doubles(&rule.paths, say, Part::Path);
    doubles(&rule.methods, say, Part::Method);
    reachable(rule, policies, say);
    match &rule.allow {
        Allow::Anyone | Allow::AnyUser => {}
        Allow::Any(alternatives) => {
            if alternatives.is_empty() {
                say(Part::Allow(0, ""), Fault::NoAlternatives);
            }
            for (index, conditions) in alternatives.iter().enumerate() {
                table(conditions, say, index);
                if alternatives[..index].contains(conditions) {
                    say(Part::Allow(index, ""), Fault::Double(conditions.to_string()));
                }
            }
        }
    }
}

fn table(conditions: &Conditions, say: Say<'_>, index: usize) {
    if conditions.is_empty() {
        say(Part::Allow(index, ""), Fault::NoConditions);
    }
    if conditions.wants_guests() {
        for key in conditions.never_met_by_guests() {
            say(Part::Allow(index, key), Fault::GuestsNever(key));
        }
    }
    let at = |key: &'static str| move |_| Part::Allow(index, key);
    doubles(&conditions.users, say, at("users"));
    doubles(&conditions.any_role, say, at("any_role"));
    doubles(&conditions.all_roles, say, at("all_roles"));
    doubles(&conditions.amr, say, at("amr"));
    doubles(&conditions.scopes, say, at("scopes"));
    doubles(&conditions.clients, say, at("clients"));
    doubles(&conditions.networks, say, at("networks"));
}

fn doubles<T: PartialEq + Display>(items: &[T], say: Say<'_>, part: impl Fn(usize) -> Part) {
    for (index, item) in items.iter().enumerate() {
        if items[..index].contains(item) {
            say(part(index), Fault::Double(item.to_string()));
        }
    }
}

/// Whether the paths are in the form that paths of requests have: for one of the rule's hosts at least.
fn reachable(rule: &Rule, policies: &PathPolicies, say: Say<'_>) {
    let policies: Vec<PathPolicy> = if rule.hosts.is_empty() {
        policies.all().collect()
    } else {
        rule.hosts.iter().map(|host| policies.of(&host.to_string())).collect()
    };
    for (index, pattern) in rule.paths.iter().enumerate() {
        let why: Vec<String> = policies.iter().map_while(|policy| unreachable(pattern, *policy).err()).collect();
        // The messages stop at the first policy that it is fine for.
        if let Some(first) = why.first()
            && why.len() == policies.len()
        {
            say(Part::Path(index), Fault::Unreachable { path: pattern.to_string(), why: first.clone() });
        }
    }
}

/// Why no path of a request is like this one.
fn unreachable(pattern: &PathPattern, policy: PathPolicy) -> Result<(), String> {
    let text = pattern.as_str();
    match canonical(text.as_bytes(), policy) {
        Ok(path) if path == text => Ok(()),
        Ok(path) => Err(format!("paths are compared in one form; write `{path}`")),
        Err(error) => {
            let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::CONTROLS).to_string();
            let encoded = encoded.replace(' ', "%20");
            match canonical(encoded.as_bytes(), policy) {
                Ok(path) if encoded != text => Err(format!("paths are compared in one form; write `{path}`")),
                Ok(_) | Err(_) => Err(error.to_string()),
            }
        }
    }
}
