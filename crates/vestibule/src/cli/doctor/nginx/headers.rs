//! The identity headers on every way to an application: what a client sends must be replaced or deleted, name by name.

use std::collections::BTreeSet;

use super::tree::{Statement, Tree};
use crate::cli::doctor::finding::Finding;
use crate::config::Config;

/// How nginx passes a request on, and what sets or deletes a header there.
const WAYS: [(&str, &str); 5] = [
    ("proxy_pass", "proxy_set_header"),
    ("grpc_pass", "grpc_set_header"),
    ("fastcgi_pass", "fastcgi_param"),
    ("uwsgi_pass", "uwsgi_param"),
    ("scgi_pass", "scgi_param"),
];

/// What a client could send through.
pub(super) fn look(config: &Config, tree: &Tree) -> Vec<Finding> {
    let ours = Ours::of(tree);
    let mut findings = Vec::new();
    for (passes, sets) in WAYS {
        for pass in tree.all(passes).filter(|pass| ours.concern(tree, pass)) {
            findings.extend(forgotten(config, tree, pass, sets));
        }
    }
    findings.extend(set_badly(config, tree));
    findings
}

/// Servers that ask nobody are none of our business, unless they lead to an application that trusts what we say. A file
/// in which nobody asks is looked at as a part of one.
struct Ours {
    /// The servers in which somebody asks.
    asking: BTreeSet<usize>,
    /// Where they lead.
    applications: BTreeSet<String>,
    /// The blocks that ask Vestibule itself.
    questions: BTreeSet<usize>,
}

impl Ours {
    fn of(tree: &Tree) -> Self {
        let asking: BTreeSet<usize> = tree.asking().map(|asks| tree.server_of(asks)).collect();
        let questions: BTreeSet<usize> = tree.questions().iter().filter_map(|question| question.opens).collect();
        let leads = |at: &&Statement| {
            WAYS.iter().any(|(passes, _)| at.name() == *passes)
                && asking.contains(&tree.server_of(at))
                && at.block.iter().all(|id| !questions.contains(id))
        };
        let applications =
            tree.statements.iter().filter(leads).flat_map(|pass| addresses(tree, pass.word(1))).collect();
        Self { asking, applications, questions }
    }

    fn concern(&self, tree: &Tree, pass: &Statement) -> bool {
        let is_question = pass.block.iter().any(|id| self.questions.contains(id));
        let here = self.asking.is_empty() || self.asking.contains(&tree.server_of(pass));
        !is_question && (here || self.applications.contains(pass.word(1)))
    }
}

/// What an address can be: itself, or where a `map` leads that a variable in it comes from.
fn addresses(tree: &Tree, address: &str) -> Vec<String> {
    let Some(at) = address.find('$') else { return vec![address.to_owned()] };
    let (scheme, variable) = address.split_at(at);
    let maps = tree.all("map").filter(|map| map.word(2) == variable);
    let values = maps.flat_map(|map| tree.statements.iter().filter(|at| at.block.last() == map.opens.as_ref()));
    let mapped = values.filter(|value| value.words.len() == 2).map(|value| format!("{scheme}{}", value.word(1)));
    mapped.chain([address.to_owned()]).collect()
}

/// nginx takes the lines of the innermost block that has any, and none from further out.
fn forgotten(config: &Config, tree: &Tree, pass: &Statement, sets: &str) -> Option<Finding> {
    let headers_off = format!("{}_request_headers", pass.name());
    if tree.holding(&pass.block, &headers_off).iter().any(|off| off.word(1) == "off") {
        return None;
    }
    let is_param = sets.ends_with("_param");
    let written = |name: &str| {
        if is_param { format!("HTTP_{}", name.to_uppercase().replace('-', "_")) } else { name.to_owned() }
    };
    let set: Vec<&Statement> = tree.holding(&pass.block, sets);
    let missing: Vec<String> = config
        .identity_header_names()
        .into_iter()
        .map(|name| written(&name))
        .filter(|name| !set.iter().any(|line| line.word(1).eq_ignore_ascii_case(name)))
        .collect();
    let first = missing.first()?;
    let remedy = if sets == "proxy_set_header" {
        "set or delete every name here, as `vestibule proxy-config nginx` prints it".to_owned()
    } else if is_param {
        format!(
            "write `{sets} {first} $vestibule_... if_not_empty;` here for each, with the variable of auth_request_set"
        )
    } else {
        format!("write `{sets} {first} $vestibule_...;` here for each, with the variable of auth_request_set")
    };
    let text = format!("a client can send {} itself, and it reaches `{}`; {remedy}", missing.join(", "), pass.word(1));
    Some(Finding::wrong(pass.place.to_string(), text))
}

/// Lines that hand on what the client says, say it twice, or let it change the protocol.
fn set_badly(config: &Config, tree: &Tree) -> Vec<Finding> {
    let names = config.identity_header_names();
    let mut findings = Vec::new();
    let lines: Vec<&Statement> = tree.all("proxy_set_header").collect();
    for (at, line) in lines.iter().enumerate() {
        let place = || line.place.to_string();
        let ours = names.iter().any(|name| line.word(1).eq_ignore_ascii_case(name));
        if ours && line.word(2).contains("$http_") {
            let text = format!("{} is what the client sent; take it from auth_request_set", line.word(1));
            findings.push(Finding::wrong(place(), text));
        }
        let same = |other: &&&Statement| other.block == line.block && other.word(1).eq_ignore_ascii_case(line.word(1));
        if let Some(other) = lines[..at].iter().find(same).filter(|_| ours || line.word(1).eq_ignore_ascii_case("host"))
        {
            let text = format!("{} is set at {} too, and sent twice; keep one of them", line.word(1), other.place);
            findings.push(Finding::wrong(place(), text));
        }
        if line.word(1).eq_ignore_ascii_case("upgrade") && line.word(2).contains("$http_upgrade") {
            let text = "passes every Upgrade on: to an application that takes `h2c`, a client can open a connection whose \
                        requests nobody checks; pass on `websocket` only, as `vestibule proxy-config nginx` prints it";
            findings.push(Finding::note(place(), text));
        }
    }
    findings
}
