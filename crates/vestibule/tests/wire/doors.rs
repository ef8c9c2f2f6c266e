//! What CONTRACT says of check and forward, with whole answers; without rules, so that any user who is not a guest passes.

use vestibule::proxies::TrustedProxies;
use vestibule::resolver::Policy;
use vestibule_gate::network::Network;
use vestibule_ledger::{UserRef, changes};

use crate::house::{House, USER};

const IDENTITY: &str = "x-authgear-session-valid: true\n\
    x-authgear-user-id: 018f4e8a-0000-7000-8000-000000000001\n\
    x-authgear-user-anonymous: false\nx-authgear-user-verified: true\nx-authgear-user-can-reauthenticate: false\n\
    x-authgear-user-roles: staff\nx-authgear-session-authenticated-at: 0\n";

fn answer(status: &str, lines: &str) -> String {
    format!("HTTP/1.1 {status}\nContent-Length: 0\nCache-Control: no-store\n{lines}\n")
}

fn passes() -> String {
    answer("200 OK", IDENTITY)
}

fn unauthorized(challenge: &str) -> String {
    answer("401 Unauthorized", &format!("WWW-Authenticate: {challenge}\n"))
}

fn forbidden() -> String {
    answer("403 Forbidden", "")
}

/// A question at a door, with these lines.
fn question(door: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET /_resolver/{door} HTTP/1.1\r\nHost: app.example.com\r\n{lines}\r\n")
}

const NGINX: [&str; 2] = ["X-Original-Method: GET", "X-Original-URL: https://app.example.com/a?b=c&d=%2F"];
const FORWARDED: [&str; 4] = [
    "X-Forwarded-Method: GET",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: app.example.com",
    "X-Forwarded-Uri: /a?b=c&d=%2F",
];
/// How each proxy asks for the same request.
const DIALECTS: [(&str, &[&str]); 3] =
    [("nginx", &NGINX), ("forwarded", &FORWARDED), ("envoy/a?b=c&d=%2F", &["X-Forwarded-Proto: https"])];

/// Somebody who has a policy that trusts the TCP peers of these tests.
fn trust(house: &House) {
    let proxies = TrustedProxies::new(vec![Network::parse("127.0.0.1").unwrap()]);
    let login = "https://auth.example.com/login".into();
    house.service.resolver().set_policy(Policy { proxies, login, ..Policy::default() });
}

#[tokio::test]
async fn every_dialect_has_the_same_answer_at_both_doors() {
    let house = House::open().await;
    trust(&house);
    let cookie = house.cookie();
    let mut talk = house.tcp().await;
    for (dialect, lines) in DIALECTS {
        for manner in ["check", "forward"] {
            let door = format!("{manner}/{dialect}");
            let ask = |more: &[&str]| question(&door, &[lines, more].concat());
            let valid = talk.ask(ask(&[&cookie])).await;
            if dialect.starts_with("envoy") {
                let missing = "x-envoy-auth-headers-to-remove: \
                    x-authgear-session-amr,x-authgear-session-acr,x-authgear-oauth-client-id,x-authgear-assertion\n";
                assert_eq!(valid, answer("200 OK", &format!("{IDENTITY}{missing}")), "{door}");
            } else {
                assert_eq!(valid, passes(), "{door}");
            }
            assert_eq!(talk.ask(ask(&[])).await, unauthorized("Bearer"), "{door}");
            assert_eq!(talk.ask(ask(&["Cookie: session=forged"])).await, unauthorized("Bearer"), "{door}");
            let token = unauthorized("Bearer error=\"invalid_token\"");
            assert_eq!(talk.ask(ask(&["Authorization: Bearer forged"])).await, token, "{door}");
        }
    }
}

#[tokio::test]
async fn a_browser_that_navigates_is_sent_to_sign_in_and_back() {
    let house = House::open().await;
    trust(&house);
    let mut talk = house.tcp().await;
    let to_login = answer(
        "302 Found",
        "Location: https://auth.example.com/login?return_to=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d%3D%252F\n",
    );
    for (dialect, lines) in DIALECTS {
        for navigates in ["Sec-Fetch-Mode: navigate", "Accept: text/html,application/xhtml+xml"] {
            let ask = question(&format!("forward/{dialect}"), &[lines, &[navigates]].concat());
            assert_eq!(talk.ask(ask).await, to_login, "{dialect} {navigates}");
            // nginx and its like look at the status alone.
            let ask = question(&format!("check/{dialect}"), &[lines, &[navigates]].concat());
            assert_eq!(talk.ask(ask).await, unauthorized("Bearer"), "{dialect} {navigates}");
        }
        for program in [
            &["Sec-Fetch-Mode: cors", "Accept: text/html"][..],
            &["Accept: text/html", "X-Requested-With: XMLHttpRequest"],
            &["Accept: application/json"],
            &["Sec-Fetch-Mode: navigate", "Upgrade: websocket"],
            &[],
        ] {
            let ask = question(&format!("forward/{dialect}"), &[lines, program].concat());
            assert_eq!(talk.ask(ask).await, unauthorized("Bearer"), "{dialect} {program:?}");
        }
    }
    let post = ["X-Original-Method: POST", "X-Original-URL: https://app.example.com/a", "Sec-Fetch-Mode: navigate"];
    assert_eq!(talk.ask(question("forward/nginx", &post)).await, unauthorized("Bearer"));
}

#[tokio::test]
async fn nobody_is_believed_who_is_not_trusted() {
    let house = House::open().await;
    let cookie = house.cookie();
    let (mut tcp, mut unix) = (house.tcp().await, house.unix().await);
    for (dialect, lines) in DIALECTS {
        for manner in ["check", "forward"] {
            let ask = question(&format!("{manner}/{dialect}"), &[lines, &[&cookie]].concat());
            assert_eq!(tcp.ask(&ask).await, forbidden(), "{manner}/{dialect}");
            assert!(unix.ask(&ask).await.contains("session-valid: true"), "{manner}/{dialect}");
        }
    }
    // Who this is, anybody may ask who reaches the listener.
    assert!(tcp.ask(question("resolve", &[&cookie])).await.contains("session-valid: true"));
}

#[tokio::test]
async fn what_cannot_be_read_is_denied_and_nothing_is_fallen_back_to() {
    let house = House::open().await;
    let cookie = house.cookie();
    let mut talk = house.unix().await;
    let without = |lines: &[&str], left_out: usize| {
        let mut left: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        left.remove(left_out);
        left
    };
    let mut unreadable: Vec<(&str, Vec<String>)> = Vec::new();
    for (dialect, lines) in DIALECTS {
        for index in 0..lines.len() {
            unreadable.push((dialect, without(lines, index)));
            let doubled = lines.iter().chain([&lines[index]]).map(|line| (*line).to_owned()).collect();
            unreadable.push((dialect, doubled));
            let folded = lines[index].replacen("X-", "X_", 1);
            unreadable.push((dialect, [without(lines, index), vec![folded]].concat()));
        }
    }
    for (dialect, lines) in unreadable {
        let lines: Vec<&str> = lines.iter().map(String::as_str).chain([cookie.as_str()]).collect();
        let ask = |manner: &str| question(&format!("{manner}/{dialect}"), &lines);
        assert_eq!(talk.ask(ask("check")).await, forbidden(), "{dialect} {lines:?}");
        assert_eq!(talk.ask(ask("forward")).await, answer("400 Bad Request", ""), "{dialect} {lines:?}");
    }
}

#[tokio::test]
async fn any_method_may_ask_and_a_body_is_not_waited_for() {
    let house = House::open().await;
    let cookie = house.cookie();
    for method in ["GET", "HEAD", "POST", "OPTIONS", "PROPFIND", "get"] {
        let ask = format!(
            "{method} /_resolver/check/nginx HTTP/1.1\r\nHost: any\r\n{}\r\n{}\r\n{cookie}\r\n\r\n",
            NGINX[0], NGINX[1]
        );
        assert_eq!(house.unix().await.ask(&ask).await, passes(), "{method}");
    }
    let announced = format!(
        "POST /_resolver/check/envoy/a HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Proto: https\r\n\
         Content-Length: 1048576\r\n{cookie}\r\n\r\n"
    );
    assert!(house.unix().await.ask(&announced).await.ends_with("Connection: close\n\n"));
}

#[tokio::test]
async fn revoked_on_the_very_next_question() {
    let house = House::open().await;
    let ask = question("check/nginx", &[&NGINX[..], &[&house.cookie()]].concat());
    let mut talk = house.unix().await;
    assert_eq!(talk.ask(&ask).await, passes());
    changes::disable_user(&house.ledger, &UserRef::parse(USER).unwrap()).await.unwrap();
    assert_eq!(talk.ask(&ask).await, unauthorized("Bearer"));
}

#[tokio::test]
async fn no_identity_header_stands_in_a_refusal() {
    let house = House::open().await;
    let cookie = house.cookie();
    let mut talk = house.unix().await;
    let ambiguous = ["X-Original-Method: GET", "X-Original-URL: https://app.example.com/a/../b", &cookie];
    for door in ["check/nginx", "forward/nginx"] {
        let said = talk.ask(question(door, &ambiguous)).await;
        assert!(!said.to_ascii_lowercase().contains("x-authgear"), "{said}");
        assert!(!said.starts_with("HTTP/1.1 200"), "{said}");
    }
}
