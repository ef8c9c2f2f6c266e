//! The trace header: why, for whoever knows the secret, and not a byte more for anybody else.

use std::path::Path;
use std::sync::Arc;

use vestibule::config::rules::{Book, compile_text};
use vestibule::resolver::{Policy, TraceSecret};

use crate::ext_authz::caller::{Caller, joined};
use crate::house::{House, USER};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const RULES: &str = "[[rules]]\nname = \"staff\"\npaths = [\"/a/**\"]\nallow = { any_role = [\"staff\"] }\n\
    [[rules]]\nname = \"chefs \u{e9}\"\npaths = [\"/kitchen\"]\nallow = { any_role = [\"chef\"] }\n";

fn policy(trace: bool) -> Policy {
    let Book { rules, places, .. } = compile_text(Path::new("rules.toml"), RULES).unwrap();
    let trace = trace.then(|| TraceSecret::new(SECRET));
    Policy { rules, places: Arc::from(places), trace, ..Policy::default() }
}

fn ask(door: &str, path: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!(
        "GET /_resolver/{door}/nginx HTTP/1.1\r\nHost: any\r\nX-Original-Method: GET\r\n\
         X-Original-URL: https://app.example.com{path}\r\n{lines}\r\n"
    )
}

/// The trace of an answer, and the answer without it.
fn split(answer: &str) -> (Option<String>, String) {
    let is_trace = |line: &&str| line.starts_with("X-Vestibule-Trace: ");
    let traces: Vec<&str> = answer.split_inclusive('\n').filter(is_trace).collect();
    assert!(traces.len() < 2, "{answer}");
    let trace = traces.first().map(|line| line["X-Vestibule-Trace: ".len()..].trim_end().to_owned());
    (trace, answer.split_inclusive('\n').filter(|line| !is_trace(line)).collect())
}

#[tokio::test]
async fn whoever_knows_the_secret_is_told_why_and_the_answer_is_the_same() {
    let house = House::open().await;
    house.service.resolver().set_policy(policy(true));
    let cookie = house.cookie();
    let secret = format!("x-vestibule-TRACE: {SECRET}");
    let user = format!("the cookie `session`: user {USER}, session ");
    let mut talk = house.unix().await;
    for (path, lines, status, says) in [
        (
            "/a/b",
            vec![cookie.as_str()],
            "200",
            vec!["pass (200) | rule: rules[0] (\"staff\") at rules.toml:1 | ", &user],
        ),
        (
            "/kitchen",
            vec![&cookie],
            "403",
            vec![
                "refuse (403) | rule: rules[1] (\"chefs ?\") at rules.toml:5 | ",
                "any_role: the user has none of chef",
                &user,
            ],
        ),
        ("/a", vec![], "401", vec!["sign in (401)", "nobody is signed in", "credential: none came along"]),
        (
            "/a",
            vec!["Cookie: session=forged"],
            "401",
            vec!["credential: none counts | ignored: the cookie `session`: not in the form"],
        ),
        (
            "/a",
            vec!["Authorization: Bearer a", "Authorization: Bearer b"],
            "401",
            vec!["ignored: the Authorization header: "],
        ),
        ("/nowhere", vec![&cookie], "403", vec!["refuse (403) | rule: none | refused: no rule fits"]),
        ("/A", vec![&cookie], "403", vec!["rule: none | rules[0] at rules.toml:1 has this path in another case"]),
    ] {
        let plain = talk.ask(ask("check", path, &lines)).await;
        let (trace, rest) = split(&talk.ask(ask("check", path, &[&lines[..], &[&secret]].concat())).await);
        let trace = trace.unwrap_or_else(|| panic!("{rest}"));
        assert_eq!(rest, plain, "the rest of the answer is the same");
        assert!(plain.starts_with(&format!("HTTP/1.1 {status} ")), "{plain}");
        for words in says {
            assert!(trace.contains(words), "{words} is not in {trace}");
        }
        assert!(trace.len() <= 1000 && trace.bytes().all(|b| matches!(b, b' '..=b'~')), "{trace}");
        assert!(!trace.contains(&house.secret) && !trace.contains(SECRET), "{trace}");
    }
}

#[tokio::test]
async fn by_grpc_the_client_is_told_the_same_line_and_the_application_never() {
    let house = House::open().await;
    house.service.resolver().set_policy(policy(true));
    let (caller, mut talk) = (Caller::unix(&house).await, house.unix().await);
    let cookie = house.cookie();
    let cookie = cookie.split_once(": ").unwrap().1;
    let secret = format!("X-Vestibule-Trace: {SECRET}");
    for (path, status) in [("/a/b", 200), ("/kitchen", 403), ("/a/../kitchen", 400)] {
        let lines = [("x-forwarded-proto", "https"), ("cookie", cookie)];
        let plain = caller.check(&joined("GET", "app.example.com", path, &lines)).await;
        let lines = [&lines[..], &[("x-vestibule-trace", SECRET)]].concat();
        let mut traced = caller.check(&joined("GET", "app.example.com", path, &lines)).await;
        assert_eq!(traced.status, status);
        let place = if status == 200 { &mut traced.told } else { &mut traced.headers };
        let at = place.iter().position(|(name, _)| name == "x-vestibule-trace").expect("a trace");
        let (_, trace) = place.remove(at);
        assert_eq!(traced, plain, "the rest of the answer is the same");
        let http = talk.ask(ask("forward", path, &[&format!("Cookie: {cookie}"), &secret])).await;
        assert_eq!(Some(trace), split(&http).0);
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_read_says_so_too() {
    let house = House::open().await;
    house.service.resolver().set_policy(policy(true));
    let mut talk = house.unix().await;
    let secret = format!("X-Vestibule-Trace: {SECRET}");
    for (door, status) in [("check", "403"), ("forward", "400")] {
        let answer = talk.ask(ask(door, "/a/../kitchen", &[&secret])).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        let trace = split(&answer).0.unwrap_or_else(|| panic!("{answer}"));
        assert!(trace.contains("refused: the path has a segment") || trace.contains("`.` or `..`"), "{trace}");
    }
}

#[tokio::test]
async fn every_credential_that_was_ignored_is_named_with_the_reason() {
    let house = House::open().await;
    house.service.resolver().set_policy(policy(true));
    let secret = format!("X-Vestibule-Trace: {SECRET}");
    let cookies = format!("{}; app_session=x; app_access_token=eyJ.e30.x", house.cookie());
    let answer = house.unix().await.ask(ask("check", "/a", &[&cookies, "Authorization: Bearer x", &secret])).await;
    let trace = split(&answer).0.unwrap_or_else(|| panic!("{answer}"));
    assert!(trace.starts_with("pass (200)") && trace.contains("credential: the cookie `session`"), "{trace}");
    for ignored in [
        "the bearer token: not ",
        "the cookie `app_session`: not in the form",
        "the cookie `app_access_token`: not valid",
    ] {
        assert!(trace.contains(&format!("ignored: {ignored}")), "{ignored}: {trace}");
    }
}

#[tokio::test]
async fn without_the_secret_or_where_there_is_none_nothing_changes() {
    let house = House::open().await;
    let (cookie, right) = (house.cookie(), format!("X-Vestibule-Trace: {SECRET}"));
    let mut talk = house.unix().await;
    for configured in [true, false] {
        house.service.resolver().set_policy(policy(configured));
        for path in ["/a", "/kitchen", "/a/../b", "/nowhere"] {
            let plain = talk.ask(ask("check", path, &[&cookie])).await;
            let wrong = format!("X-Vestibule-Trace: {}", SECRET.to_uppercase());
            let longer = format!("{right}0");
            let mut tried = vec![vec![&*wrong], vec![&longer], vec!["X-Vestibule-Trace: "], vec![&right, &right]];
            if !configured {
                tried.push(vec![&right]);
            }
            for lines in tried {
                let answer = talk.ask(ask("check", path, &[&[cookie.as_str()], &lines[..]].concat())).await;
                assert_eq!(answer, plain, "{configured} {lines:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_peer_that_is_not_trusted_is_told_nothing() {
    let house = House::open().await;
    house.service.resolver().set_policy(policy(true));
    let answer = house.tcp().await.ask(ask("check", "/a", &[&format!("X-Vestibule-Trace: {SECRET}")])).await;
    assert!(answer.starts_with("HTTP/1.1 403") && split(&answer).0.is_none(), "{answer}");
}
