//! Sorts rules into the groups of their hosts, and finds those that nothing is left for.

use std::collections::HashMap;

use super::error::{Fault, Part, RuleError};
use super::fold::fold;
use super::groups::{Group, Groups};
use super::method::HttpMethod;
use super::pattern::{PathPattern, Segment};
use super::rule::Rule;
use super::trie::{Index, Methods, NONE, Trie};
use crate::original::{Case, HostPattern, PathPolicies};

/// What is left for a rule to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Not looked at yet.
    Unknown,
    /// Something.
    Something,
    /// Nothing: this one decides it, and perhaps others.
    Nothing(Index),
}

pub(super) struct Builder<'r> {
    rules: &'r [Rule],
    policies: &'r PathPolicies,
    left: Vec<Left>,
    wrong: Vec<RuleError>,
}

impl<'r> Builder<'r> {
    pub(super) fn new(rules: &'r [Rule], policies: &'r PathPolicies) -> Self {
        Self { rules, policies, left: vec![Left::Unknown; rules.len()], wrong: Vec::new() }
    }

    /// The groups, and what is wrong.
    pub(super) fn groups(mut self) -> (Groups, Vec<RuleError>) {
        let mut number_of: HashMap<&HostPattern, usize> = HashMap::new();
        let mut hosts: Vec<(&HostPattern, Vec<usize>)> = Vec::new();
        let mut others: Vec<usize> = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.hosts.is_empty() {
                others.push(index);
            }
            for host in &rule.hosts {
                let number = *number_of.entry(host).or_insert_with(|| {
                    hosts.push((host, Vec::new()));
                    hosts.len() - 1
                });
                hosts[number].1.push(index);
            }
        }
        let named = hosts.into_iter().map(|(host, members)| (host.clone(), self.group(Some(host), &members))).collect();
        let others = if others.is_empty() { None } else { Some(self.group(None, &others)) };
        self.report_dead();
        (Groups { named, others }, self.wrong)
    }

    fn group(&mut self, host: Option<&HostPattern>, members: &[usize]) -> Group {
        let case = host.map(|host| self.policies.of(&host.to_string()).case).unwrap_or_default();
        let mut growing =
            Growing { case, written: Trie::new(), folded: Trie::new(), folds: false, spelled: HashMap::new() };
        for &index in members {
            let rule = &self.rules[index];
            let everything = [PathPattern::everything()];
            let paths = if rule.paths.is_empty() { &everything } else { rule.paths.as_slice() };
            let methods = methods(&rule.methods);
            self.left[index] = growing.left_for(paths, &methods, self.left[index]);
            for (number, path) in paths.iter().enumerate() {
                if let Some((other, spelled)) = growing.add(path, &methods, index) {
                    let earlier = (other, self.rules[other].name.clone());
                    let host = host.map(ToString::to_string);
                    let fault = Fault::Case { path: path.to_string(), other: spelled, host, earlier };
                    self.wrong.push(RuleError { rule: index, part: Part::Path(number), fault });
                }
            }
        }
        Group { written: growing.written, folded: growing.folds.then_some(growing.folded) }
    }

    fn report_dead(&mut self) {
        for (index, left) in self.left.iter().enumerate() {
            let Left::Nothing(earlier) = *left else { continue };
            let (rule, place) = (&self.rules[index], earlier as usize);
            let other = &self.rules[place];
            let earlier = (place, other.name.clone());
            let contradicts = is_for_the_same(rule, other) && rule.allow != other.allow;
            let fault = if contradicts { Fault::Contradicts(earlier) } else { Fault::NeverMatches(earlier) };
            self.wrong.push(RuleError { rule: index, part: Part::Whole, fault });
        }
    }
}

/// A group while rules are added in the order of the file.
struct Growing {
    case: Case,
    written: Trie,
    folded: Trie,
    /// Whether any pattern is spelled otherwise than folded.
    folds: bool,
    /// How the segment of each node of `folded` was spelled first, in which rule and pattern.
    spelled: HashMap<usize, (Box<str>, usize, Box<str>)>,
}

impl Growing {
    /// What the rules until now leave for one more.
    fn left_for(&self, paths: &[PathPattern], methods: &[Methods<'_>], before: Left) -> Left {
        let mut left = before;
        for path in paths {
            for method in methods {
                let earlier = match self.case {
                    Case::Insensitive => self.folded.covering(&folded(path), *method),
                    Case::Sensitive | Case::Unset => self.written.covering(path, *method),
                };
                left = match (left, earlier) {
                    (Left::Something, _) | (_, NONE) => Left::Something,
                    (Left::Unknown, earlier) => Left::Nothing(earlier),
                    (Left::Nothing(first), earlier) => Left::Nothing(first.min(earlier)),
                };
            }
        }
        left
    }

    /// Adds a pattern. Returns the rule and the pattern that spell one of its segments in another case, where that is
    /// not said to be meant.
    fn add(&mut self, path: &PathPattern, methods: &[Methods<'_>], rule: usize) -> Option<(usize, String)> {
        let place = Index::try_from(rule).unwrap_or(NONE);
        let folded = folded(path);
        self.folds |= folded.segments != path.segments;
        let mut nodes = Vec::new();
        for (number, method) in methods.iter().enumerate() {
            self.written.add(path, *method, place, |_| {});
            self.folded.add(&folded, *method, place, |node| {
                if number == 0 {
                    nodes.push(node);
                }
            });
        }
        let mut other = None;
        for (segment, node) in path.segments.iter().zip(nodes) {
            let Segment::Literal(spelling) = segment else { continue };
            let (first, by, pattern) =
                self.spelled.entry(node).or_insert_with(|| (spelling.clone(), rule, path.as_str().into()));
            if self.case == Case::Unset && first != spelling && other.is_none() {
                other = Some((*by, pattern.to_string()));
            }
        }
        other
    }
}

fn folded(path: &PathPattern) -> PathPattern {
    path.folded(|segment| fold(segment).into_owned())
}

fn methods(written: &[HttpMethod]) -> Vec<Methods<'_>> {
    if written.is_empty() {
        return vec![Methods::All];
    }
    written.iter().flat_map(HttpMethod::with_included).map(Methods::One).collect()
}

fn is_for_the_same(one: &Rule, other: &Rule) -> bool {
    fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
        one.len() == other.len() && one.iter().all(|item| other.contains(item))
    }
    same(&one.hosts, &other.hosts) && same(&one.paths, &other.paths) && same(&one.methods, &other.methods)
}
