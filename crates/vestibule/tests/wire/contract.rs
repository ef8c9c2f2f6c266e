//! What CONTRACT says of resolve, a state of the request a test, with whole answers.

use crate::house::{House, Plan, USER};
use vestibule_gate::time::Span;
use vestibule_ledger::{UserRef, changes};

const VALID: &str = "HTTP/1.1 200 OK\nContent-Length: 0\nCache-Control: no-store\n\
    x-authgear-session-valid: true\nx-authgear-user-id: 018f4e8a-0000-7000-8000-000000000001\n\
    x-authgear-user-anonymous: false\nx-authgear-user-verified: true\nx-authgear-user-can-reauthenticate: false\n\
    x-authgear-user-roles: staff\nx-authgear-session-authenticated-at: 0\n";
const NOBODY: &str = "HTTP/1.1 200 OK\nContent-Length: 0\nCache-Control: no-store\n";
const INVALID: &str = "HTTP/1.1 200 OK\nContent-Length: 0\nCache-Control: no-store\nx-authgear-session-valid: false\n";

fn kept(head: &str) -> String {
    format!("{head}\n")
}

fn closed(head: &str) -> String {
    format!("{head}Connection: close\n\n")
}

#[tokio::test]
async fn each_state_has_its_answer_on_both_kinds_of_socket() {
    let house = House::open().await;
    let live = format!("GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie());
    let (mut tcp, mut unix) = (house.tcp().await, house.unix().await);
    for _ in 0..2 {
        assert_eq!(tcp.ask(&live).await, kept(VALID));
        assert_eq!(unix.ask(&live).await, kept(VALID));
        assert_eq!(tcp.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await, kept(NOBODY));
        let dead = "GET /resolve?a=b HTTP/1.1\r\nHost:\r\nCookie: session=nonsense\r\n\r\n";
        assert_eq!(unix.ask(dead).await, kept(INVALID));
        let bearer = "HEAD /resolve HTTP/1.1\r\nHost: a, b:99999\r\nAuthorization: bearer t\r\n\r\n";
        assert_eq!(tcp.ask(bearer).await, kept(INVALID));
        let basic = "HEAD /resolve HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dTpw\r\n\r\n";
        assert_eq!(tcp.ask(basic).await, kept(NOBODY));
    }
}

#[tokio::test]
async fn revoked_on_the_very_next_resolve() {
    let house = House::open().await;
    let live = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie());
    let mut talk = house.unix().await;
    assert_eq!(talk.ask(&live).await, kept(VALID));
    let user = UserRef::parse(USER).unwrap();
    changes::disable_user(&house.ledger, &user).await.unwrap();
    assert_eq!(talk.ask(&live).await, kept(INVALID));
}

#[tokio::test]
async fn nginx_as_published_speaks_http_1_0_and_closes() {
    let house = House::open().await;
    let cookie = house.cookie();
    let request =
        format!("GET /_resolver/resolve HTTP/1.0\r\nHost: up.example\r\nConnection: close\r\n{cookie}\r\n\r\n");
    assert_eq!(house.last_words(&request).await, closed(VALID));
    let without_a_word = format!("GET /_resolver/resolve HTTP/1.0\r\n{cookie}\r\n\r\n");
    assert_eq!(house.last_words(&without_a_word).await, closed(VALID));
    let mut talk = house.tcp().await;
    let keep = format!("GET /_resolver/resolve HTTP/1.0\r\nConnection: Keep-Alive\r\n{cookie}\r\n\r\n");
    for _ in 0..2 {
        assert_eq!(talk.ask(&keep).await, format!("{VALID}Connection: keep-alive\n\n"));
    }
}

#[tokio::test]
async fn what_the_original_request_had_changes_nothing() {
    let house = House::open().await;
    let cookie = house.cookie();
    let mut talk = house.tcp().await;
    for line in [
        "Expect: 100-continue",
        "Connection: Upgrade\r\nUpgrade: websocket",
        "Upgrade: h2c",
        "Range: bytes=0-0",
        "If-None-Match: *",
        "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
        "Accept-Encoding: gzip, br",
        "Content-Type: text/plain",
        "Content-Length: 0",
        "Content_Length: 5",
        "TE: trailers",
        "X-Original-URL: http://evil/",
        "User-Agent: kube-probe/1.29",
        "X-Binary: \u{e9}\t\u{1f600}",
    ] {
        let request = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{line}\r\n{cookie}\r\n\r\n");
        assert_eq!(talk.ask(&request).await, kept(VALID), "{line}");
    }
}

#[tokio::test]
async fn an_announced_body_is_never_waited_for() {
    let house = House::open().await;
    let cookie = house.cookie();
    for line in [
        "Content-Length: 1048576",
        "Transfer-Encoding: chunked",
        "Content-Length: 5\r\nExpect: 100-continue",
        "Transfer-Encoding: Chunked\r\nExpect: 100-continue",
    ] {
        let request = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{line}\r\n{cookie}\r\n\r\n");
        assert_eq!(house.last_words(&request).await, closed(VALID), "{line}");
        // Also when the body comes, and looks like a request: nothing in it is one.
        let with_body = format!("{request}GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n");
        assert_eq!(house.last_words(&with_body).await, closed(VALID), "{line}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_declined() {
    let house = House::open().await;
    let cookie = house.cookie();
    let mut talk = house.tcp().await;
    for path in [
        "/",
        "/login",
        "/healthz",
        "/metrics",
        "/_resolver/resolve/",
        "/_resolver/resolve/x",
        "//resolve",
        "/Resolve",
        "/%72esolve",
        "/resolve;x",
        "*",
        "/_resolver/check/nginx/",
        "http://h",
        "ftp://h/resolve",
    ] {
        let answer = talk.ask(format!("GET {path} HTTP/1.1\r\nHost: any\r\n{cookie}\r\n\r\n")).await;
        assert_eq!(answer, "HTTP/1.1 404 Not Found\nContent-Length: 0\nCache-Control: no-store\n\n", "{path}");
    }
    for method in ["POST", "OPTIONS", "PUT", "get", "PROPFIND"] {
        let answer = talk.ask(format!("{method} /resolve HTTP/1.1\r\nHost: any\r\n{cookie}\r\n\r\n")).await;
        let expected =
            "HTTP/1.1 405 Method Not Allowed\nAllow: GET, HEAD\nContent-Length: 0\nCache-Control: no-store\n\n";
        assert_eq!(answer, expected, "{method}");
    }
    for target in [
        "http://other.example/resolve?x",
        "HTTPS://u@h:1/_resolver/resolve",
        "/resolve?a=http://b/../c#d",
        "/resolve#x",
    ] {
        let answer = talk.ask(format!("GET {target} HTTP/1.1\r\nHost: any\r\n{cookie}\r\n\r\n")).await;
        assert_eq!(answer, kept(VALID), "{target}");
    }
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_their_order() {
    let house = House::open().await;
    let live = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie());
    let nobody = "GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n";
    let mut talk = house.tcp().await;
    talk.send(format!("{live}{nobody}\r\n{live}{nobody}").repeat(100)).await;
    for _ in 0..200 {
        assert_eq!((talk.answer().await, talk.answer().await), (kept(VALID), kept(NOBODY)));
    }
    let last = format!("{nobody}GET /resolve HTTP/1.1\r\nHost: any\r\nConnection: x, CLOSE\r\n\r\n{live}");
    talk.send(last).await;
    assert_eq!(talk.rest().await, format!("{}{}", kept(NOBODY), closed(NOBODY)), "nothing behind a close is answered");
}

#[tokio::test]
async fn a_client_that_has_said_all_still_gets_its_answer() {
    let house = House::open().await;
    let mut talk = house.tcp().await;
    talk.send("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await;
    tokio::io::AsyncWriteExt::shutdown(&mut talk.0).await.unwrap();
    assert_eq!(talk.rest().await, kept(NOBODY));
}

#[tokio::test]
async fn the_longest_answer_fits_nginx_s_buffer() {
    let roles = (0..23).map(|n| format!("{n:02}{}", "x".repeat(62))).collect();
    let house = House::planned(Plan { roles, ..Plan::default() }).await;
    let request = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie());
    let answer = house.tcp().await.ask(&request).await;
    assert!(answer.contains("x-authgear-user-roles: 00x"), "{answer}");
    assert!((1_400..4_000).contains(&answer.len()), "{}", answer.len());
}

#[tokio::test]
async fn only_an_answer_filed_under_its_own_secret_may_be_kept() {
    let house = House::planned(Plan { cache_for: Some(Span::from_seconds(60)), ..Plan::default() }).await;
    let mut talk = house.tcp().await;
    let secret = house.secret.clone();
    let mut max_age = async |lines: &str| {
        let answer = talk.ask(format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{lines}\r\n\r\n")).await;
        let line = answer.lines().find(|line| line.starts_with("Cache-Control: ")).expect("always one").to_owned();
        line.trim_start_matches("Cache-Control: ").to_owned()
    };
    assert_eq!(max_age(&format!("Cookie: session={secret}")).await, "max-age=60");
    assert_eq!(max_age(&format!("Cookie: a=b; session={secret}")).await, "max-age=60");
    assert_eq!(max_age("X: y").await, "no-store");
    assert_eq!(max_age("Cookie: session=nonsense").await, "no-store");
    for tossed in [
        format!("Cookie: Session=KNOWN; session={secret}"),
        format!("Cookie: x=a,session=KNOWN; session={secret}"),
        format!("Cookie: session =KNOWN; session={secret}"),
        format!("Cookie: session=; session={secret}"),
        format!("Cookie: a=b\r\nCookie: session={secret}"),
        format!("Cookie: a=b;\tsession={secret}"),
        // nginx has the tab in the name, finds no cookie, and would file this under the key of everybody without one.
        format!("Cookie:\tsession={secret}"),
        format!("Cookie: \t session={secret}"),
    ] {
        assert_eq!(max_age(&tossed).await, "no-store", "{tossed}");
    }
}
