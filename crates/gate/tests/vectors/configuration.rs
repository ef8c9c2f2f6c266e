//! The configuration of a suite. A short reader of its own, for well-formed files: the server's is tried through the doors.

use std::collections::BTreeMap;

use serde::Deserialize;
use vestibule_gate::account::Role;
use vestibule_gate::grant::ClientId;
use vestibule_gate::network::Network;
use vestibule_gate::original::{Case, HostPattern, Line, PathPolicies, PathPolicy};
use vestibule_gate::rules::{Allow, Amr, Conditions, HttpMethod, Listed, PathPattern, Rule, Rules};
use vestibule_gate::time::Span;
use vestibule_tests::vectors::Suite;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    rules: Vec<WrittenRule>,
    paths: BTreeMap<String, WrittenPaths>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    name: Option<String>,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    methods: Vec<String>,
    allow: WrittenAllow,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenAllow {
    Word(String),
    One(WrittenConditions),
    Any(Vec<WrittenConditions>),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenConditions {
    users: Vec<String>,
    any_role: Vec<String>,
    all_roles: Vec<String>,
    verified: bool,
    anonymous: Option<bool>,
    amr: Vec<String>,
    max_age: Option<String>,
    scopes: Vec<String>,
    clients: Vec<String>,
    networks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPaths {
    #[serde(default)]
    allow: Vec<String>,
    case: Option<String>,
}

/// The rules of a suite.
pub(crate) fn rules(suite: &Suite) -> Rules {
    let written: Written =
        toml::from_str(&suite.configuration).unwrap_or_else(|error| panic!("{}: {error}", suite.topic));
    let policies: PathPolicies = written.paths.iter().map(|(host, paths)| policy(host, paths)).collect();
    let rules = written.rules.into_iter().map(rule).collect();
    Rules::compile(rules, policies).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", suite.topic))
}

fn policy(host: &str, paths: &WrittenPaths) -> (HostPattern, PathPolicy) {
    let case = match paths.case.as_deref() {
        None => Case::Unset,
        Some("sensitive") => Case::Sensitive,
        Some("insensitive") => Case::Insensitive,
        Some(other) => panic!("{other} is no case"),
    };
    let lines = paths.allow.iter().map(|line| Line::parse(line).unwrap());
    (HostPattern::parse(host).unwrap(), PathPolicy::default().with_case(case).allowing(lines))
}

fn rule(written: WrittenRule) -> Rule {
    Rule {
        name: written.name.map(Into::into),
        hosts: each(&written.hosts, HostPattern::parse),
        paths: each(&written.paths, PathPattern::parse),
        methods: each(&written.methods, HttpMethod::parse),
        allow: match written.allow {
            WrittenAllow::Word(word) if word == "anyone" => Allow::Anyone,
            WrittenAllow::Word(word) if word == "any user" => Allow::AnyUser,
            WrittenAllow::Word(word) => panic!("{word} is nobody"),
            WrittenAllow::One(one) => Allow::Any(vec![conditions(&one)]),
            WrittenAllow::Any(any) => Allow::Any(any.iter().map(conditions).collect()),
        },
    }
}

fn conditions(written: &WrittenConditions) -> Conditions {
    let minutes = |text: &String| text.strip_suffix('m').and_then(|minutes| minutes.parse::<i64>().ok());
    Conditions {
        users: each(&written.users, Listed::parse),
        any_role: each(&written.any_role, Role::parse),
        all_roles: each(&written.all_roles, Role::parse),
        verified: written.verified,
        anonymous: written.anonymous,
        amr: each(&written.amr, Amr::parse),
        max_age: written.max_age.as_ref().map(|text| Span::from_seconds(60 * minutes(text).unwrap())),
        scopes: written.scopes.iter().map(|scope| scope.as_str().into()).collect(),
        clients: each(&written.clients, ClientId::parse),
        networks: each(&written.networks, Network::parse),
    }
}

fn each<T, E: std::fmt::Debug>(texts: &[String], parse: impl Fn(&str) -> Result<T, E>) -> Vec<T> {
    texts.iter().map(|text| parse(text).unwrap()).collect()
}
