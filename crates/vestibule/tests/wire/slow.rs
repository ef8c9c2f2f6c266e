//! Slow, stuck and silent clients: dropped after the time-outs, which are short here.

use std::time::Duration;

use tokio::time::Instant;
use vestibule::wire::connection::Timeouts;

use crate::house::{House, Plan};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);
const TIMED_OUT: &str =
    "HTTP/1.1 408 Request Timeout\nContent-Length: 0\nCache-Control: no-store\nConnection: close\n\n";

async fn house(timeouts: Timeouts) -> House {
    House::planned(Plan { timeouts, ..Plan::default() }).await
}

#[test]
fn the_stated_time_outs_hold() {
    let stated = Timeouts::default();
    assert_eq!((stated.head, stated.write), (Duration::from_secs(10), Duration::from_secs(10)));
    assert!(stated.idle >= Duration::from_secs(75), "PROXIES H21");
}

#[tokio::test]
async fn slowloris_is_dropped_however_steadily_it_drips() {
    let house = house(Timeouts { head: SHORT, idle: LONG, ..Timeouts::default() }).await;
    let mut talk = house.tcp().await;
    talk.send("GET /resolve HTTP/1.1\r\n").await;
    let began = Instant::now();
    while began.elapsed() < SHORT + SHORT {
        talk.send("X: y\r\n").await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(talk.rest().await, TIMED_OUT);
}

#[tokio::test]
async fn a_head_in_pieces_is_read_when_it_is_whole() {
    let house = house(Timeouts::default()).await;
    let request = format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie());
    let mut talk = house.tcp().await;
    for piece in 1..4 {
        for bytes in request.as_bytes().chunks(piece) {
            talk.send(bytes).await;
            tokio::task::yield_now().await;
        }
        assert!(talk.answer().await.contains("x-authgear-session-valid: true"));
    }
}

#[tokio::test]
async fn the_head_s_time_begins_with_its_first_byte() {
    let house = house(Timeouts { head: SHORT, idle: LONG, ..Timeouts::default() }).await;
    let mut talk = house.tcp().await;
    tokio::time::sleep(SHORT * 2).await;
    assert!(talk.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    tokio::time::sleep(SHORT * 2).await;
    assert!(talk.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    talk.send("GET").await;
    assert_eq!(talk.rest().await, TIMED_OUT);
}

#[tokio::test]
async fn an_idle_connection_ends_without_a_word() {
    let house = house(Timeouts { idle: SHORT, ..Timeouts::default() }).await;
    let mut silent = house.tcp().await;
    let mut talk = house.unix().await;
    assert!(talk.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    assert_eq!((silent.rest().await, talk.rest().await), (String::new(), String::new()));
    house.is_left().await;
}

#[tokio::test]
async fn a_client_that_takes_no_answers_is_dropped() {
    let house = house(Timeouts { write: SHORT, idle: LONG, head: LONG, ..Timeouts::default() }).await;
    let mut talk = house.unix().await;
    let requests = "GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n".repeat(1_000);
    let flood = async { while tokio::io::AsyncWriteExt::write_all(&mut talk.0, requests.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(5), flood).await.expect("the server gives up");
    house.is_left().await;
}

#[tokio::test]
async fn whoever_goes_on_sending_behind_a_refusal_is_cut_off() {
    let house = house(Timeouts { linger: SHORT, ..Timeouts::default() }).await;
    let mut talk = house.tcp().await;
    talk.send("nonsense\r\n\r\n").await;
    assert!(talk.answer().await.starts_with("HTTP/1.1 400"));
    tokio::time::sleep(SHORT * 3).await;
    house.is_left().await;
}

#[tokio::test]
async fn draining_lets_answers_finish_and_sends_the_idle_home() {
    let house = house(Timeouts::default()).await;
    let mut idle = house.tcp().await;
    assert!(idle.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await.starts_with("HTTP/1.1 200"));
    let began = Instant::now();
    house.service.drain(Duration::from_secs(5)).await;
    assert!(began.elapsed() < Duration::from_secs(1), "nobody was waited for in vain");
    assert_eq!(idle.rest().await, "");
}

#[tokio::test]
async fn draining_waits_for_the_first_request_of_whoever_has_just_connected() {
    let house = house(Timeouts::default()).await;
    let mut new = house.tcp().await;
    let mut silent = house.tcp().await;
    while house.service.connections() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let began = Instant::now();
    let ask = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        new.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await
    };
    let (answer, ()) = tokio::join!(ask, house.service.drain(Duration::from_secs(5)));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(2), "whoever says nothing is not waited for");
    assert_eq!(silent.rest().await, "");
}
