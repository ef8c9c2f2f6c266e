//! Long heads, many lines, many cookies, many connections: bounded, and said with the right status.

use std::time::Duration;

use vestibule::wire::head::{MAX_HEAD, MAX_HEADERS};

use crate::house::{House, Plan};

const TOO_LARGE: &str =
    "HTTP/1.1 431 Request Header Fields Too Large\nContent-Length: 0\nCache-Control: no-store\nConnection: close\n\n";

/// A request with a line of padding that makes it this long.
fn of_length(length: usize, cookie: &str) -> String {
    let (before, behind) = (format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{cookie}\r\nX: "), "\r\n\r\n");
    format!("{before}{}{behind}", "x".repeat(length - before.len() - behind.len()))
}

#[tokio::test]
async fn a_head_of_64_kib_is_read_and_one_byte_more_is_not() {
    let house = House::open().await;
    let mut talk = house.tcp().await;
    for _ in 0..3 {
        let answer = talk.ask(of_length(MAX_HEAD, &house.cookie())).await;
        assert!(answer.contains("x-authgear-session-valid: true"), "{answer}");
    }
    assert_eq!(house.last_words(of_length(MAX_HEAD + 1, &house.cookie())).await, TOO_LARGE);
    assert_eq!(house.last_words(of_length(8 * MAX_HEAD, &house.cookie())).await, TOO_LARGE, "and the refusal arrives");
    assert_eq!(house.last_words(format!("GET /{} HTTP/1.1\r\n", "x".repeat(MAX_HEAD))).await, TOO_LARGE);
}

#[tokio::test]
async fn two_hundred_headers_are_fine_and_too_many_are_not() {
    let house = House::open().await;
    let with = |count: usize| {
        let lines: String = (2..count).map(|n| format!("X-{n}: y\r\n")).collect();
        format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{lines}{}\r\n\r\n", house.cookie())
    };
    let mut talk = house.tcp().await;
    for count in [200, MAX_HEADERS] {
        assert!(talk.ask(with(count)).await.contains("x-authgear-session-valid: true"));
    }
    assert_eq!(house.last_words(with(MAX_HEADERS + 1)).await, TOO_LARGE);
}

#[tokio::test]
async fn four_thousand_cookies_are_read_in_constant_memory() {
    let house = House::open().await;
    let cookies: String = (0..4_000).map(|n| format!("c{n}=v; ")).collect();
    let request = format!("GET /resolve HTTP/1.1\r\nHost: any\r\nCookie: {cookies}session={}\r\n\r\n", house.secret);
    let mut talk = house.tcp().await;
    assert!(talk.ask(&request).await.contains("x-authgear-session-valid: true"));
    let ours: String = (0..4_000).map(|n| format!("session={n}; ")).collect();
    let tossed = format!("GET /resolve HTTP/1.1\r\nHost: any\r\nCookie: {ours}session={}\r\n\r\n", house.secret);
    assert!(talk.ask(&tossed).await.contains("x-authgear-session-valid: false"), "more than 8 candidates");
}

#[tokio::test]
async fn the_longest_idle_connection_makes_room() {
    let house = House::planned(Plan { connections: 3, ..Plan::default() }).await;
    let request = "GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n";
    let mut oldest = house.tcp().await;
    assert!(oldest.ask(request).await.starts_with("HTTP/1.1 200"));
    let mut others = Vec::new();
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut talk = house.tcp().await;
        assert!(talk.ask(request).await.starts_with("HTTP/1.1 200"));
        others.push(talk);
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut newest = house.unix().await;
    assert!(newest.ask(request).await.starts_with("HTTP/1.1 200"));
    assert_eq!(oldest.rest().await, "");
    for talk in &mut others {
        assert!(talk.ask(request).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(house.service.connections(), 3);
}

#[tokio::test]
async fn a_flood_of_slow_heads_keeps_nobody_out() {
    let house = House::planned(Plan { connections: 8, ..Plan::default() }).await;
    let mut flood = Vec::new();
    for _ in 0..40 {
        let mut slow = house.tcp().await;
        slow.send("GET /resolve HTTP/1.1\r\nHost: ").await;
        flood.push(slow);
    }
    let answer = house.tcp().await.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"));
    assert!(house.service.connections() <= 8);
}
