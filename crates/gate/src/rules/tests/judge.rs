//! Whom a rule lets pass.

use std::net::IpAddr;

use super::{allow, asked, rule};
use crate::account::{Role, Roles};
use crate::decide::Reach;
use crate::grant::ClientId;
use crate::id::UserId;
use crate::network::Network;
use crate::original::PathPolicies;
use crate::rules::{Allow, Amr, Conditions, Listed, Rule, Rules, Ruling, StepUp, Who, Why};
use crate::time::{Span, Timestamp};
use crate::verdict::{Facts, Grant, SessionKind};

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

fn ada() -> Facts {
    Facts {
        anonymous: false,
        verified: true,
        can_reauthenticate: true,
        roles: Roles::parse(["admin", "staff"]).unwrap(),
        amr: vec!["pwd"],
        acr: None,
        grant: Grant::cookie(),
        profile: None,
    }
}

fn guest() -> Facts {
    Facts { anonymous: true, verified: false, roles: Roles::default(), amr: vec![], ..ada() }
}

fn token(scope: &str) -> Facts {
    let grant = Grant { kind: SessionKind::Token, client: Some("app".into()), scope: scope.into(), is_whole: false };
    Facts { grant, ..ada() }
}

fn user() -> UserId {
    UserId::from_uuid(uuid::Uuid::from_u128(7))
}

/// A request of this user, who authenticated a minute ago, from 10.0.0.1.
fn judge_rule(rule: Rule, facts: Option<&Facts>) -> Ruling {
    let rules = Rules::compile(vec![rule], PathPolicies::default()).unwrap();
    let at = NOW.minus(Span::from_seconds(60));
    let who = facts.map(|facts| Who { user: user(), email: Some("ada@example.com"), facts, authenticated_at: at });
    let found = rules.find(&asked(&rules, "GET x.example/"));
    let ruling = found.judge_as(who.as_ref(), Some(IpAddr::from([10, 0, 0, 1])), NOW);
    let missing = found.missing(who.as_ref(), Some(IpAddr::from([10, 0, 0, 1])), NOW);
    assert!(missing.is_empty() || (ruling == Ruling::Permit) == missing.iter().any(Vec::is_empty), "{missing:?}");
    ruling
}

fn judge(conditions: Conditions, facts: Option<&Facts>) -> Ruling {
    judge_rule(allow("", conditions), facts)
}

fn role(key: &str) -> Role {
    Role::parse(key).unwrap()
}

fn none() -> Conditions {
    Conditions::default()
}

const OTHER: Ruling = Ruling::Refuse(Why::Other);

#[test]
fn anyone_is_anyone_and_any_user_is_anybody_signed_in() {
    for who in [None, Some(&ada()), Some(&guest())] {
        assert_eq!(judge_rule(rule("anyone"), who), Ruling::Permit);
    }
    assert_eq!(judge_rule(rule(""), None), Ruling::SignIn);
    assert_eq!(judge_rule(rule(""), Some(&ada())), Ruling::Permit);
    assert_eq!(judge_rule(rule(""), Some(&guest())), Ruling::Permit);
}

#[test]
fn without_a_credential_people_are_asked_to_sign_in() {
    assert_eq!(judge(Conditions { any_role: vec![role("admin")], ..none() }, None), Ruling::SignIn);
    let elsewhere = vec![Network::parse("192.168.0.0/16").unwrap()];
    // Signing in would not help.
    assert_eq!(judge(Conditions { networks: elsewhere, ..none() }, None), Ruling::Refuse(Why::Network));
}

#[test]
fn every_condition_of_a_table_must_hold() {
    let network = |text: &str| vec![Network::parse(text).unwrap()];
    let permitted = [
        Conditions { users: vec![Listed::Id(user())], ..none() },
        Conditions { users: vec![Listed::parse("ADA@example.com").unwrap()], ..none() },
        Conditions { any_role: vec![role("nobody"), role("admin")], ..none() },
        Conditions { all_roles: vec![role("staff"), role("admin")], ..none() },
        Conditions { verified: true, ..none() },
        Conditions { anonymous: Some(false), ..none() },
        Conditions { amr: vec![Amr::parse("pwd").unwrap()], ..none() },
        Conditions { max_age: Some(Span::from_seconds(60)), ..none() },
        Conditions { networks: network("10.0.0.0/8"), ..none() },
    ];
    let refused = [
        (Conditions { users: vec![Listed::parse("eve@example.com").unwrap()], ..none() }, OTHER),
        (Conditions { any_role: vec![role("root")], ..none() }, OTHER),
        (Conditions { all_roles: vec![role("staff"), role("root")], ..none() }, OTHER),
        (Conditions { anonymous: Some(true), ..none() }, OTHER),
        (Conditions { networks: network("10.0.0.2"), ..none() }, Ruling::Refuse(Why::Network)),
        (Conditions { scopes: vec!["read".into()], ..none() }, Ruling::Refuse(Why::Scopes(vec!["read".into()]))),
        (Conditions { clients: vec![ClientId::parse("app").unwrap()], ..none() }, OTHER),
    ];
    for conditions in permitted {
        assert_eq!(judge(conditions.clone(), Some(&ada())), Ruling::Permit, "{conditions}");
        if conditions.networks.is_empty() {
            let both = Conditions { networks: network("10.0.0.2"), ..conditions };
            assert_eq!(judge(both.clone(), Some(&ada())), Ruling::Refuse(Why::Network), "{both}");
        }
    }
    for (conditions, ruling) in refused {
        assert_eq!(judge(conditions.clone(), Some(&ada())), ruling, "{conditions}");
    }
    let unverified = Facts { verified: false, ..ada() };
    assert_eq!(judge(Conditions { verified: true, ..none() }, Some(&unverified)), OTHER);
}

#[test]
fn an_address_that_is_not_known_is_in_no_network() {
    let everywhere = ["0.0.0.0/0", "::/0"].map(|text| Network::parse(text).unwrap()).to_vec();
    let rules = vec![allow("", Conditions { networks: everywhere, ..none() })];
    let rules = Rules::compile(rules, PathPolicies::default()).unwrap();
    let facts = ada();
    let who = Who { user: user(), email: None, facts: &facts, authenticated_at: NOW };
    let found = rules.find(&asked(&rules, "GET x.example/"));
    assert_eq!(found.judge_as(Some(&who), None, NOW), Ruling::Refuse(Why::Network));
}

#[test]
fn guests_pass_where_a_table_says_so_and_nobody_else_does_there() {
    let guests = Conditions { anonymous: Some(true), ..none() };
    assert_eq!(judge(guests.clone(), Some(&guest())), Ruling::Permit);
    assert_eq!(judge(guests.clone(), Some(&ada())), OTHER);
    let network = Conditions { networks: vec![Network::parse("10.0.0.0/8").unwrap()], ..none() };
    assert_eq!(judge(network.clone(), Some(&guest())), Ruling::Refuse(Why::Guest));
    let both = Rule { allow: Allow::Any(vec![network, guests]), ..rule("") };
    assert_eq!(judge_rule(both.clone(), Some(&guest())), Ruling::Permit);
    assert_eq!(judge_rule(both, Some(&ada())), Ruling::Permit);
}

#[test]
fn step_up_is_asked_only_if_nothing_else_is_missing() {
    let stale = Conditions { max_age: Some(Span::from_seconds(59)), ..none() };
    let step_up = |max_age: Option<i64>, amr: &[&str]| {
        let amr = amr.iter().map(|amr| (*amr).into()).collect();
        Ruling::StepUp(StepUp { max_age: max_age.map(Span::from_seconds), amr })
    };
    assert_eq!(judge(stale.clone(), Some(&ada())), step_up(Some(59), &[]));
    let methods = ["pwd", "otp"].map(|amr| Amr::parse(amr).unwrap()).to_vec();
    let weak = Conditions { amr: methods.clone(), ..none() };
    assert_eq!(judge(weak, Some(&ada())), step_up(None, &["pwd", "otp"]));
    let both = Conditions { amr: methods, ..stale.clone() };
    assert_eq!(judge(both, Some(&ada())), step_up(Some(59), &["pwd", "otp"]));
    let and_a_role = Conditions { any_role: vec![role("root")], ..stale.clone() };
    assert_eq!(judge(and_a_role, Some(&ada())), OTHER);
    // What no person stands behind cannot come back with a fresh authentication.
    for kind in [SessionKind::Api, SessionKind::Machine] {
        let machine = Facts { grant: Grant { kind, ..Grant::cookie() }, ..ada() };
        assert_eq!(judge(stale.clone(), Some(&machine)), OTHER);
    }
    // Of two ways, the one that the user can mend is named.
    let two = Allow::Any(vec![Conditions { any_role: vec![role("root")], ..none() }, stale]);
    assert_eq!(judge_rule(Rule { allow: two, ..rule("") }, Some(&ada())), step_up(Some(59), &[]));
}

#[test]
fn who_never_authenticated_is_never_fresh() {
    let long = Conditions { max_age: Some(Span::from_seconds(1_000_000_000)), ..none() };
    let rules = Rules::compile(vec![allow("", long)], PathPolicies::default()).unwrap();
    let facts = ada();
    let who = Who { user: user(), email: None, facts: &facts, authenticated_at: Timestamp::NEVER };
    let found = rules.find(&asked(&rules, "GET x.example/"));
    assert!(matches!(found.judge_as(Some(&who), None, NOW), Ruling::StepUp(_)));
}

/// A token that was given for something is no key to everything.
#[test]
fn a_limited_token_counts_only_where_scopes_or_clients_are_asked_for() {
    let roles = Conditions { any_role: vec![role("admin")], ..none() };
    let read = Conditions { scopes: vec!["read".into()], ..none() };
    let read_write = Conditions { scopes: vec!["read".into(), "write".into()], ..none() };
    let of_client = Conditions { clients: vec![ClientId::parse("app").unwrap()], ..none() };
    let reach = |conditions: &Conditions| {
        let rules = Rules::compile(vec![allow("", conditions.clone())], PathPolicies::default()).unwrap();
        rules.find(&asked(&rules, "GET x.example/")).reach()
    };
    assert_eq!(reach(&roles), Reach::Whole);
    assert_eq!(reach(&read), Reach::Any);
    assert_eq!(reach(&of_client), Reach::Any);
    let reader = token("read");
    assert_eq!(judge_rule(rule(""), Some(&reader)), Ruling::SignIn);
    assert_eq!(judge(roles.clone(), Some(&reader)), Ruling::SignIn);
    assert_eq!(judge(read.clone(), Some(&reader)), Ruling::Permit);
    assert_eq!(judge(of_client, Some(&reader)), Ruling::Permit);
    assert_eq!(judge(read_write, Some(&reader)), Ruling::Refuse(Why::Scopes(vec!["write".into()])));
    assert_eq!(judge(read.clone(), Some(&token("reader"))), Ruling::Refuse(Why::Scopes(vec!["read".into()])));
    // The scope opens its own alternative and not the other one, whose role the token's user has.
    let either = Allow::Any(vec![roles, read]);
    let ruling = judge_rule(Rule { allow: either, ..rule("") }, Some(&token("other")));
    assert_eq!(ruling, Ruling::Refuse(Why::Scopes(vec!["read".into()])));
}

#[test]
fn without_rules_guests_and_limited_tokens_do_not_pass() {
    let rules = Rules::none();
    let found = rules.find(&asked(&rules, "GET x.example/"));
    let ruling = |facts: &Facts| {
        found.judge_as(Some(&Who { user: user(), email: None, facts, authenticated_at: NOW }), None, NOW)
    };
    assert_eq!(ruling(&ada()), Ruling::Permit);
    assert_eq!(ruling(&guest()), Ruling::Refuse(Why::Guest));
    assert_eq!(ruling(&token("read")), Ruling::SignIn);
}
