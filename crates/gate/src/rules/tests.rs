//! Rules and requests for the tests of this room.

mod find;
mod judge;
mod naive;
mod refused;

use super::{Allow, Conditions, HttpMethod, PathPattern, Rule, Rules, read_host};
use crate::original::{Case, Described, HostPattern, Line, Original, PathPolicies, PathPolicy};

/// A rule of words: methods, hosts and paths in any order. Lets users pass, unless it says `anyone`.
fn rule(words: &str) -> Rule {
    let mut rule = Rule { name: None, hosts: vec![], paths: vec![], methods: vec![], allow: Allow::AnyUser };
    for word in words.split_whitespace() {
        match word {
            "anyone" => rule.allow = Allow::Anyone,
            path if path.starts_with('/') => rule.paths.push(PathPattern::parse(path).unwrap()),
            host if host.contains('.') => rule.hosts.push(read_host(host).unwrap()),
            method => rule.methods.push(HttpMethod::parse(method).unwrap()),
        }
    }
    rule
}

fn allow(words: &str, conditions: Conditions) -> Rule {
    Rule { allow: Allow::Any(vec![conditions]), ..rule(words) }
}

fn compile(rules: &[&str]) -> Rules {
    Rules::compile(rules.iter().map(|words| rule(words)).collect(), PathPolicies::default()).unwrap()
}

fn policy(host: &str, case: Case, lines: &[Line]) -> (HostPattern, PathPolicy) {
    let policy = PathPolicy::default().with_case(case).allowing(lines.iter().copied());
    (read_host(host).unwrap(), policy)
}

/// `GET app.example.com/path`
fn asked<'r>(rules: &Rules, request: &'r str) -> Original<'r> {
    let (method, url) = request.split_once(' ').unwrap();
    let (host, target) = url.split_at(url.find('/').unwrap());
    let described =
        Described { method: method.as_bytes(), scheme: b"https", host: host.as_bytes(), target: target.as_bytes() };
    Original::read(&described, rules.policies()).unwrap()
}
