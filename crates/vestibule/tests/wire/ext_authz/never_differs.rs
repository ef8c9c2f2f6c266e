//! The gRPC door and `/_resolver/forward/envoy` say the same of the same request, whatever it is, and
//! `/_resolver/check/envoy` lets the same ones pass.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use vestibule::resolver::Policy;
use vestibule_gate::account::Role;
use vestibule_gate::network::Network;
use vestibule_gate::original::PathPolicies;
use vestibule_gate::rules::{Allow, Conditions, PathPattern, Rule, Rules, read_host};
use vestibule_gate::time::Span;

use super::caller::{Caller, Said, joined, raw};
use crate::house::House;

/// A request.
#[derive(Debug, Clone)]
struct Asked {
    method: &'static str,
    host: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
}

fn asked(secret: &str) -> impl Strategy<Value = Asked> {
    let method = prop::sample::select(vec!["GET", "GET", "HEAD", "POST", "DELETE", "get", "M-SEARCH", "OPTIONS"]);
    let hosts = ["app.example.com", "app.example.com", "APP.example.com:443", "b.example.com.", "10.0.0.1:8080", "a@b"];
    let host = prop::sample::select(hosts.to_vec());
    let target = prop_oneof![
        prop::sample::select(vec!["/", "/public/a", "/admin", "/fresh?a=b", "/ADMIN/x", "/admin/../public"])
            .prop_map(str::to_owned),
        "/[a-c./;%?&=#\\\\~+2eF]{0,12}",
        "/(public|admin|fresh)/[!-~]{0,8}",
    ];
    let header = prop::sample::select(vec![
        ("cookie", format!("session={secret}")),
        ("cookie", format!("a=b; session={secret}")),
        ("cookie", "session=forged".to_owned()),
        ("cookie", format!("app_session={secret}")),
        ("authorization", "Bearer forged".to_owned()),
        ("authorization", "Basic YTpi".to_owned()),
        ("x-forwarded-for", "192.0.2.1".to_owned()),
        ("x-forwarded-for", "10.1.2.3".to_owned()),
        ("x-forwarded-proto", "http".to_owned()),
        ("x-forwarded-uri", "/public".to_owned()),
        ("x_forwarded_proto", "http".to_owned()),
        ("x-original-url", "https://app.example.com/public".to_owned()),
        ("x-authgear-user-id", "forged".to_owned()),
        ("sec-fetch-mode", "navigate".to_owned()),
        ("sec-fetch-mode", "cors".to_owned()),
        ("accept", "text/html".to_owned()),
        ("x-requested-with", "XMLHttpRequest".to_owned()),
    ]);
    let headers = prop::collection::vec(header, 0..5);
    let https = prop::bool::weighted(0.95);
    (method, host, target, headers, https).prop_map(|(method, host, target, mut headers, https)| {
        if https {
            headers.push(("x-forwarded-proto", "https".to_owned()));
        }
        Asked { method, host, target, headers }
    })
}

fn policy() -> Policy {
    let rule = |path: &str, allow| Rule {
        name: None,
        hosts: vec![read_host("app.example.com").unwrap()],
        paths: vec![PathPattern::parse(path).unwrap()],
        methods: Vec::new(),
        allow,
    };
    let only = |conditions| Allow::Any(vec![conditions]);
    let rules = vec![
        rule("/public/**", Allow::Anyone),
        rule("/admin/**", only(Conditions { any_role: vec![Role::parse("staff").unwrap()], ..Conditions::default() })),
        rule("/fresh", only(Conditions { max_age: Some(Span::from_seconds(60)), ..Conditions::default() })),
        rule(
            "/near/**",
            only(Conditions { networks: vec![Network::parse("10.0.0.0/8").unwrap()], ..Conditions::default() }),
        ),
        rule("/**", Allow::AnyUser),
    ];
    let rules = Rules::compile(rules, PathPolicies::default()).unwrap();
    Policy { rules: rules.into(), ..Policy::default() }
}

async fn over_http(house: &House, manner: &str, asked: &Asked) -> Said {
    let Asked { method, host, target, headers } = asked;
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut talk = house.unix().await;
    talk.send(format!(
        "{method} /_resolver/{manner}/envoy{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n"
    ))
    .await;
    let answer = talk.rest().await;
    let mut lines = answer.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap();
    let mut said = Said { status, headers: Vec::new(), removed: Vec::new(), told: Vec::new() };
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" | "connection" => {}
            // Where the request passes, nobody but Envoy reads it.
            "cache-control" if status == 200 => assert_eq!(value, "no-store"),
            "x-envoy-auth-headers-to-remove" => said.removed = value.split(',').map(str::to_owned).collect(),
            name => said.headers.push((name.to_owned(), value.to_owned())),
        }
    }
    said.headers.sort();
    said
}

fn has_doubles(headers: &[(&str, String)]) -> bool {
    headers.iter().enumerate().any(|(at, (name, _))| headers[..at].iter().any(|(other, _)| other == name))
}

async fn compare(house: &House, caller: &Caller, asked: &Asked) -> u16 {
    let headers: Vec<(&str, &str)> = asked.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let expected = over_http(house, "forward", asked).await;
    let said = caller.check(&raw(asked.method, asked.host, &asked.target, &headers)).await;
    assert_eq!(said, expected, "{asked:?}");
    let checked = over_http(house, "check", asked).await;
    assert_eq!(checked.status == 200, expected.status == 200, "{asked:?}");
    let said = caller.check(&joined(asked.method, asked.host, &asked.target, &headers)).await;
    if has_doubles(&asked.headers) {
        // Joined lines are one value that nobody can read: more is refused than otherwise, and nobody is somebody else.
        assert!(said.status != 200 || expected.status == 200, "{asked:?}");
        let user = said.header("x-authgear-user-id");
        assert!(user.is_none() || user == expected.header("x-authgear-user-id"), "{asked:?}");
    } else {
        assert_eq!(said, expected, "{asked:?}");
    }
    expected.status
}

#[test]
fn the_doors_of_envoy_never_differ() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (house, caller) = runtime.block_on(async {
        let house = House::open().await;
        house.service.resolver().set_policy(policy());
        let caller = Caller::unix(&house).await;
        (house, caller)
    });
    let config = ProptestConfig { cases: 1500, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let tried = runner.run(&asked(&house.secret), |asked| {
        seen.borrow_mut().insert(runtime.block_on(compare(&house, &caller, &asked)));
        Ok(())
    });
    tried.unwrap();
    assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), [200, 302, 400, 401, 403], "every answer was met");
}
