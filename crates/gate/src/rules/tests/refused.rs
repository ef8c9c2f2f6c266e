//! Rules that no operator can have meant.

use super::{allow, policy, rule};
use crate::account::Role;
use crate::original::{Case, Line, PathPolicies};
use crate::rules::{Allow, Amr, Conditions, Fault, Part, Rule, RuleError, Rules};
use crate::time::Span;

fn wrong_with(rules: Vec<Rule>, policies: PathPolicies) -> Vec<RuleError> {
    Rules::compile(rules, policies).map_or_else(|wrong| wrong, |_| Vec::new())
}

fn wrong(rules: &[&str]) -> Vec<RuleError> {
    wrong_with(rules.iter().map(|words| rule(words)).collect(), PathPolicies::default())
}

#[track_caller]
fn only(wrong: &[RuleError]) -> (usize, Part, String) {
    let [RuleError { rule, part, fault }] = wrong else { panic!("{wrong:#?}") };
    (*rule, *part, fault.to_string())
}

#[test]
fn a_rule_that_can_never_match_is_refused_with_the_one_that_hides_it() {
    for hidden in [
        &["/** anyone", "/admin"] as &[&str],
        &["/a/** anyone", "/a"],
        &["/a/** anyone", "/a/"],
        &["/a/** anyone", "/a/b/**"],
        &["/*/b anyone", "/a/b"],
        &["/*/** anyone", "/a/*/c /d"],
        &["GET anyone", "HEAD /a"],
        &["GET anyone", "GET /a /b"],
        &["anyone", "POST"],
        &["a.example b.example anyone", "a.example /x"],
    ] {
        let (rule, part, message) = only(&wrong(hidden));
        assert_eq!((rule, part), (1, Part::Whole), "{hidden:?}");
        assert!(message.contains("can never match: rules[0] comes first"), "{message}");
    }
    // Together two hide a third.
    let (rule, ..) = only(&wrong(&["GET anyone", "POST anyone", "/z/** anyone", "GET POST /a"]));
    assert_eq!(rule, 3);
    let both = only(&wrong(&["/a /b anyone", "/c anyone", "/b /c"]));
    assert_eq!(both.0, 2);
}

#[test]
fn a_rule_that_something_is_left_for_stays() {
    for fine in [
        &["/a anyone", "/a/**"] as &[&str],
        &["/a/* anyone", "/a/"],
        &["/*/b anyone", "/a/*"],
        &["GET /a anyone", "/a"],
        &["HEAD anyone", "GET"],
        &["a.example anyone", "b.example"],
        &["a.example anyone", "*.example"],
        &["*.example anyone", "a.example"],
        &["a.example anyone", "/x"],
        &["a.example b.example anyone", "a.example c.example"],
        &["/a anyone", "/a /b"],
    ] {
        assert_eq!(wrong(fine), vec![], "{fine:?}");
    }
}

#[test]
fn two_that_contradict_are_refused() {
    let (index, part, message) = only(&wrong(&["GET POST x.example /a /b anyone", "POST GET x.example /b /a"]));
    assert_eq!((index, part), (1, Part::Whole));
    assert!(message.contains("contradicts rules[0], which is for the same hosts"), "{message}");
    let named = Rule { name: Some("pages".into()), ..rule("/a") };
    let (_, _, message) = only(&wrong_with(vec![named, rule("/a anyone")], PathPolicies::default()));
    assert!(message.contains("contradicts rules[0] (\"pages\")"), "{message}");
    let (_, _, message) = only(&wrong(&["/a", "/a"]));
    assert!(message.contains("can never match"), "{message}");
}

#[test]
fn a_path_that_no_request_has_is_refused() {
    for (path, said) in [
        ("/a//b", "`[paths]` can allow it"),
        ("//a", "begins with `//`"),
        ("/%61dmin", "write `/admin`"),
        ("/b%c3%bcro", "write `/b%C3%BCro`"),
        ("/büro", "write `/b%C3%BCro`"),
        ("/a b", "write `/a%20b`"),
        ("/a/../b", "a segment `.` or `..`"),
        ("/./**", "a segment `.` or `..`"),
        ("/a\\b", "`\\`"),
        ("/a;b", "`[paths]` can allow it"),
        ("/a%2fb", "`[paths]` can allow it"),
        ("/100%", "two hexadecimal digits"),
    ] {
        let pattern = crate::rules::PathPattern::parse(path).unwrap();
        let (index, part, message) =
            only(&wrong_with(vec![Rule { paths: vec![pattern], ..rule("x.example") }], PathPolicies::default()));
        assert_eq!((index, part), (0, Part::Path(0)));
        assert!(message.contains("no request ever has the path") && message.contains(said), "{message}");
    }
}

#[test]
fn a_relaxed_line_makes_room_for_the_patterns_of_its_host() {
    let relaxed = || [policy("x.example", Case::Unset, &[Line::Semicolon, Line::EncodedSlash])].into_iter().collect();
    assert_eq!(wrong_with(vec![rule("x.example /a;b /c%2Fd")], relaxed()), vec![]);
    // Without a host, the host may be that one.
    assert_eq!(wrong_with(vec![rule("/a;b")], relaxed()), vec![]);
    assert!(only(&wrong_with(vec![rule("y.example /a;b")], relaxed())).2.contains("`[paths]` can allow it"));
    assert!(only(&wrong_with(vec![rule("x.example /c%2fd")], relaxed())).2.contains("write `/c%2Fd`"));
}

#[test]
fn two_spellings_of_one_path_need_a_word_on_case() {
    let two = ["x.example /API/** anyone", "x.example /api/**"];
    let (index, part, message) = only(&wrong(&two));
    assert_eq!((index, part), (1, Part::Path(0)));
    assert!(
        message.contains("`/api/**` and `/API/**` of rules[0]") && message.contains("[paths.\"x.example\"]"),
        "{message}"
    );
    let with = |case| wrong_with(two.map(rule).to_vec(), [policy("x.example", case, &[])].into_iter().collect());
    assert_eq!(with(Case::Sensitive), vec![]);
    assert!(only(&with(Case::Insensitive)).2.contains("can never match"), "they are one path then");
    assert!(only(&wrong(&["/API anyone", "/api"])).2.contains("and `hosts` in these rules"));
}

#[test]
fn what_stands_there_twice_is_refused() {
    for (words, part) in
        [("/a /b /a", Part::Path(2)), ("a.example a.example", Part::Host(1)), ("GET GET", Part::Method(1))]
    {
        let (_, found, message) = only(&wrong(&[words]));
        assert_eq!(found, part);
        assert!(message.contains("stands there twice"), "{message}");
    }
    let role = Role::parse("a").unwrap();
    let doubled = Conditions { any_role: vec![role.clone(), role], ..Conditions::default() };
    let (_, part, _) = only(&wrong_with(vec![allow("", doubled)], PathPolicies::default()));
    assert_eq!(part, Part::Allow(0, "any_role"));
}

#[test]
fn conditions_that_nobody_can_meet_are_refused() {
    let guests = Conditions { anonymous: Some(true), ..Conditions::default() };
    for conditions in [
        Conditions { verified: true, ..guests.clone() },
        Conditions { any_role: vec![Role::parse("a").unwrap()], ..guests.clone() },
        Conditions { amr: vec![Amr::parse("pwd").unwrap()], ..guests.clone() },
        Conditions { max_age: Some(Span::from_seconds(1)), ..guests },
    ] {
        let (_, _, message) = only(&wrong_with(vec![allow("", conditions)], PathPolicies::default()));
        assert!(message.contains("no guest ever meets"), "{message}");
    }
    let none = wrong_with(vec![allow("", Conditions::default())], PathPolicies::default());
    assert!(matches!(none.as_slice(), [RuleError { fault: Fault::NoConditions, .. }]));
    let empty = wrong_with(vec![Rule { allow: Allow::Any(vec![]), ..rule("") }], PathPolicies::default());
    assert!(matches!(empty.as_slice(), [RuleError { fault: Fault::NoAlternatives, .. }]));
}
