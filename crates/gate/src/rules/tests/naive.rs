//! The index says what a scan of the rules says, one after the other.

use proptest::prelude::*;

use super::{asked, policy, rule};
use crate::original::{Case, HostPattern, PathPolicies};
use crate::rules::{Fault, Rule, Rules};

/// Whether a pattern fits a path, said in another way than the index says it.
fn fits(pattern: &str, path: &str) -> bool {
    let (front, below) = pattern.strip_suffix("/**").map_or((pattern, false), |front| (front, true));
    let mut path = path.split('/');
    for segment in front.split('/') {
        match path.next() {
            Some(found) if segment == found || (segment == "*" && !found.is_empty()) => {}
            Some(_) | None => return false,
        }
    }
    below || path.next().is_none()
}

/// How specific a rule is for a host: exact, then longer suffixes, then none.
fn nearness(rule: &Rule, host: &str) -> Option<usize> {
    if rule.hosts.is_empty() {
        return Some(0);
    }
    let near = |pattern: &HostPattern| match pattern {
        HostPattern::Exact(_) => usize::MAX,
        HostPattern::Below(suffix) => 1 + suffix.len(),
    };
    rule.hosts.iter().filter(|pattern| pattern.admits(host)).map(near).max()
}

fn scan(rules: &[Rule], (method, host, path): (&str, &str, &str)) -> Option<usize> {
    let nearest = rules.iter().filter_map(|rule| nearness(rule, host)).max()?;
    rules.iter().position(|rule| {
        let method_fits = |one: &str| one == method || (one == "GET" && method == "HEAD");
        nearness(rule, host) == Some(nearest)
            && (rule.paths.is_empty() || rule.paths.iter().any(|pattern| fits(pattern.as_str(), path)))
            && (rule.methods.is_empty() || rule.methods.iter().any(|one| method_fits(one.as_str())))
    })
}

const HOSTS: [&str; 5] = ["a.example", "b.example", "*.example", "*.a.example", "*.b.a.example"];
const ASKED: [&str; 6] = ["a.example", "b.example", "c.example", "x.a.example", "y.b.a.example", "other.test"];

fn words() -> impl Strategy<Value = String> {
    let some = |all: &'static [&'static str], most: usize| {
        proptest::sample::subsequence(all.to_vec(), 0..=most).prop_map(|some| some.join(" "))
    };
    let path = "(/(a|b|c|\\*)){0,4}(/|/\\*\\*)?".prop_filter("a path", |path| path.starts_with('/'));
    let paths =
        proptest::collection::btree_set(path, 0..3).prop_map(|paths| paths.into_iter().collect::<Vec<_>>().join(" "));
    let anyone = prop_oneof!["", "anyone"];
    (some(&HOSTS, 2), paths, some(&["GET", "HEAD", "POST"], 2), anyone)
        .prop_map(|(hosts, paths, methods, anyone)| format!("{hosts} {paths} {methods} {anyone}"))
}

/// Leaves out the rules that can never match, which compiling refuses.
fn compiled(mut rules: Vec<Rule>, case: Case) -> Result<Rules, String> {
    loop {
        let policies: PathPolicies = HOSTS.iter().map(|host| policy(host, case, &[])).collect();
        match Rules::compile(rules.clone(), policies) {
            Ok(rules) => return Ok(rules),
            Err(wrong) => {
                for error in wrong.iter().rev() {
                    match error.fault {
                        Fault::NeverMatches(_) | Fault::Contradicts(_) => drop(rules.remove(error.rule)),
                        _ => return Err(error.to_string()),
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_index_agrees_with_a_scan(
        words in proptest::collection::vec(words(), 1..12),
        requests in proptest::collection::vec(
            (proptest::sample::select(vec!["GET", "HEAD", "POST", "PUT"]), proptest::sample::select(ASKED.to_vec()),
             "(/(a|b|c|d)){1,5}/?|/"),
            1..20,
        ),
        case in proptest::sample::select(vec![Case::Unset, Case::Sensitive, Case::Insensitive]),
    ) {
        let all: Vec<Rule> = words
            .iter()
            .enumerate()
            .map(|(index, words)| Rule { name: Some(index.to_string().into()), ..rule(words) })
            .collect();
        let rules = compiled(all.clone(), case).unwrap();
        for (method, host, path) in &requests {
            // What was left out changes nothing.
            let expected = scan(&all, (method, host, path)).map(|index| index.to_string());
            let request = format!("{method} {host}{path}");
            let found = rules.find(&asked(&rules, &request)).rule().and_then(|rule| rule.name.as_deref());
            prop_assert_eq!(found, expected.as_deref(), "{}", request);
        }
    }

    /// A path in other letters never finds a rule that lets more people pass than the rule of the path itself.
    #[test]
    fn capitals_never_open_a_door(
        words in proptest::collection::vec(words(), 1..12),
        path in "(/(a|b|c)){1,4}",
        flips in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let rules = compiled(words.iter().map(|words| rule(words)).collect(), Case::Unset).unwrap();
        let flipped: String = path
            .chars()
            .zip(flips.iter().cycle())
            .map(|(letter, flip)| if *flip { letter.to_ascii_uppercase() } else { letter })
            .collect();
        let (plain, capitals) = (format!("GET c.example{path}"), format!("GET c.example{flipped}"));
        let allow = |request: &str| rules.find(&asked(&rules, request)).rule().map(|rule| rule.allow.clone());
        if let Some(open) = allow(&capitals) {
            prop_assert!(allow(&plain).is_none_or(|plain| !plain.restricts() || plain == open));
        }
    }
}
