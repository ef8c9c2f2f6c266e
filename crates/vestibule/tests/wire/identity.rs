//! Headers under other names, and assertions, at every door.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use vestibule::resolver::Policy;
use vestibule_gate::original::PathPolicies;
use vestibule_gate::rules::{Allow, Rule, Rules, read_host};
use vestibule_gate::time::Span;
use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::verdict::{ExtraHeader, HeaderPrefix, HeaderValue, IdentityHeaders};
use vestibule_ledger::settings::{AssertionBind, AssertionSettings, Settings};
use vestibule_ledger::{UserRef, changes};

use crate::house::{House, Plan, USER};

const ENVOY: &str = "x-envoy-auth-headers-to-remove: ";

fn extra(settings: &mut Settings) {
    let header = |(name, value)| ExtraHeader::new(name, value).unwrap();
    let extra = [
        ("Remote-User", HeaderValue::UserId),
        ("Remote-Email", HeaderValue::UserEmail),
        ("Remote-Groups", HeaderValue::UserRoles),
        ("Remote-Client", HeaderValue::OAuthClientId),
    ];
    let extra = extra.map(header).to_vec();
    settings.headers = IdentityHeaders::new(HeaderPrefix::default(), extra, settings.headers.assertion()).unwrap();
    settings.profiles = true;
}

fn assertions(settings: &mut Settings) {
    settings.headers = IdentityHeaders::new(HeaderPrefix::default(), Vec::new(), true).unwrap();
    settings.profiles = true;
    let (algorithm, bind) = (SigningAlgorithm::Es256, AssertionBind::Session);
    settings.assertion = Some(AssertionSettings { algorithm, audience: "resolved.example.com".to_owned(), bind });
    settings.keys.for_assertions = Some(algorithm);
}

fn both(settings: &mut Settings) {
    assertions(settings);
    extra(settings);
}

/// A house with these settings and a key.
async fn house(settings: fn(&mut Settings)) -> House {
    let house = House::planned(Plan { settings, cache_for: Some(Span::from_seconds(60)), ..Plan::default() }).await;
    changes::prepare_keys(&house.ledger).await.unwrap();
    house
}

/// Everybody may see the wiki, and any user everything else.
fn policy() -> Policy {
    let rule = |hosts, allow| Rule { name: None, hosts, paths: Vec::new(), methods: Vec::new(), allow };
    let rules =
        vec![rule(vec![read_host("wiki.example.com").unwrap()], Allow::Anyone), rule(Vec::new(), Allow::AnyUser)];
    let rules = Rules::compile(rules, PathPolicies::default()).unwrap();
    Policy { rules: rules.into(), ..Policy::default() }
}

fn resolve(lines: &str) -> String {
    format!("GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\n{lines}\r\n")
}

fn check(host: &str, lines: &str) -> String {
    let asked = format!("X-Original-Method: GET\r\nX-Original-URL: https://{host}/a?b\r\n");
    format!("GET /_resolver/check/nginx HTTP/1.1\r\nHost: any\r\n{asked}{lines}\r\n")
}

/// What the assertions of an answer say.
fn asserted(answer: &str) -> Vec<Value> {
    let tokens = answer.lines().filter_map(|line| line.strip_prefix("x-authgear-assertion: "));
    let payload = |token: &str| URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    tokens.map(|token| serde_json::from_slice(&payload(token)).unwrap()).collect()
}

#[tokio::test]
async fn other_names_say_the_same_and_are_removed_where_they_say_nothing() {
    let house = house(extra).await;
    let cookie = format!("{}\r\n", house.cookie());
    let mut talk = house.unix().await;
    let said = format!("remote-user: {USER}\nremote-email: ada@example.com\nremote-groups: staff\n");
    let answer = talk.ask(resolve(&cookie)).await;
    assert_eq!(answer.matches("remote-").count(), 3, "{answer}");
    assert!(answer.contains(&said) && answer.contains("x-authgear-user-id"), "{answer}");
    let envoy =
        format!("GET /_resolver/check/envoy/ HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Proto: https\r\n{cookie}\r\n");
    let answer = talk.ask(&envoy).await;
    let removed = answer.lines().find_map(|line| line.strip_prefix(ENVOY)).unwrap_or_else(|| panic!("{answer}"));
    assert!(removed.ends_with("x-authgear-assertion,remote-client"), "{removed}");
    assert!(answer.contains(&said), "{answer}");
    for nobody in ["", "Cookie: session=forged\r\n"] {
        let answer = talk.ask(resolve(nobody)).await;
        assert!(!answer.contains("remote-"), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_says_once_whom_its_assertion_is_for() {
    let house = house(assertions).await;
    house.service.resolver().set_policy(policy());
    let cookie = format!("{}\r\n", house.cookie());
    let mut talk = house.unix().await;
    let answer = talk.ask(resolve(&cookie)).await;
    let [said] = &asserted(&answer)[..] else { panic!("{answer}") };
    assert_eq!((&said["aud"], &said["sub"]), (&"resolved.example.com".into(), &USER.into()));
    assert_eq!(answer, talk.ask(resolve(&cookie)).await, "the same, while it is fresh");
    assert!(answer.contains("Cache-Control: no-store\n"), "whatever may be kept otherwise: {answer}");
    let [said] = &asserted(&talk.ask(check("wiki.example.com", &cookie)).await)[..] else { panic!("none") };
    assert_eq!(said["aud"], "wiki.example.com");
    let other = talk.ask(check("thought-up.example.com", &cookie)).await;
    assert!(other.contains("session-valid: true") && asserted(&other).is_empty(), "{other}");
    for (question, status) in [
        (resolve(""), "200"),
        (resolve("Cookie: session=forged\r\n"), "200"),
        (check("wiki.example.com", ""), "200"),
        (check("else.example.com", ""), "401"),
    ] {
        let answer = talk.ask(&question).await;
        assert!(answer.contains(&format!("HTTP/1.1 {status}")) && asserted(&answer).is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn after_a_sign_out_no_answer_has_one() {
    let house = house(assertions).await;
    let cookie = format!("{}\r\n", house.cookie());
    let mut talk = house.unix().await;
    assert_eq!(asserted(&talk.ask(resolve(&cookie)).await).len(), 1);
    changes::disable_user(&house.ledger, &UserRef::parse(USER).unwrap()).await.unwrap();
    let answer = talk.ask(resolve(&cookie)).await;
    assert!(answer.contains("session-valid: false") && asserted(&answer).is_empty(), "{answer}");
}

#[tokio::test]
async fn without_a_signature_nobody_passes() {
    let house = House::planned(Plan { settings: assertions, ..Plan::default() }).await;
    house.service.resolver().set_policy(policy());
    let cookie = format!("{}\r\n", house.cookie());
    let mut talk = house.unix().await;
    for question in [resolve(&cookie), check("wiki.example.com", &cookie)] {
        let answer = talk.ask(&question).await;
        assert!(answer.starts_with("HTTP/1.1 503") && !answer.contains("x-authgear-"), "{answer}");
    }
    assert!(talk.ask(resolve("")).await.starts_with("HTTP/1.1 200"), "nobody needs none");
}

#[tokio::test]
async fn the_longest_answer_with_both_has_room() {
    let roles = (0..21).map(|n| format!("{n:02}{}", "r".repeat(62))).collect();
    let house = House::planned(Plan { settings: both, roles, ..Plan::default() }).await;
    changes::prepare_keys(&house.ledger).await.unwrap();
    let answer = house.last_words(resolve(&format!("{}\r\nConnection: close\r\n", house.cookie()))).await;
    assert_eq!(asserted(&answer).len(), 1);
    assert!((4_000..12_000).contains(&answer.len()), "{}", answer.len());
}
