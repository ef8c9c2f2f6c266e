//! What is no call, what is too much, and how a connection ends.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use vestibule::resolver::envoy::framing::{MAX_MESSAGE, wrap};
use vestibule::wire::connection::Timeouts;

use super::caller::{CHECK, Caller, grpc, joined};
use crate::house::{House, Plan};

fn body(bytes: &[u8]) -> Option<Bytes> {
    Some(Bytes::copy_from_slice(bytes))
}

#[tokio::test]
async fn what_is_no_call_is_declined() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let good = Some(wrap(&joined("GET", "app.example.com", "/", &[])));
    for path in ["/envoy.service.auth.v2.Authorization/Check", "/", "/grpc.health.v1.Health/Check"] {
        let heard = caller.call(grpc(path), good.clone()).await.unwrap();
        assert_eq!((heard.status, heard.grpc_status.as_deref()), (200, Some("12")), "{path}");
        assert!(heard.message.is_none());
    }
    let plain = Request::post(format!("http://vestibule{CHECK}"));
    assert_eq!(caller.call(plain, good.clone()).await.unwrap().status, 415);
    let json = Request::post(format!("http://vestibule{CHECK}")).header("content-type", "application/grpc+json");
    assert_eq!(caller.call(json, good.clone()).await.unwrap().status, 415);
    let get = Request::get(format!("http://vestibule{CHECK}")).header("content-type", "application/grpc");
    assert_eq!(caller.call(get, None).await.unwrap().status, 405);
    let proto = Request::post(format!("http://vestibule{CHECK}")).header("content-type", "application/grpc+proto");
    assert_eq!(caller.call(proto, good).await.unwrap().grpc_status.as_deref(), Some("0"));
}

#[tokio::test]
async fn a_body_that_is_not_one_plain_message_is_refused() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    for (what, bytes, status) in [
        ("nothing", &[][..], "3"),
        ("cut", &[0, 0, 0, 0, 9, 1], "3"),
        ("two", &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "3"),
        ("compressed", &[1, 0, 0, 0, 0], "12"),
        ("an unknown flag", &[3, 0, 0, 0, 0], "3"),
        ("no message", &[0, 0, 0, 0, 2, 0x0a, 0x7f], "3"),
    ] {
        let heard = caller.call(grpc(CHECK), body(bytes)).await.unwrap();
        assert_eq!((heard.grpc_status.as_deref(), heard.message), (Some(status), None), "{what}");
    }
}

#[tokio::test]
async fn too_long_a_message_is_denied_and_not_an_error() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let long = "x".repeat(MAX_MESSAGE);
    let message = joined("GET", "app.example.com", "/", &[("x-forwarded-proto", "https"), ("x-long", &long)]);
    assert_eq!(caller.check(&message).await.status, 431);
}

#[tokio::test]
async fn many_calls_at_once_are_answered_on_one_connection() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let cookie = format!("session={}", house.secret);
    let message = joined("GET", "a.example", "/", &[("x-forwarded-proto", "https"), ("cookie", &cookie)]);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let (caller, message) = (Caller(caller.0.clone()), message.clone());
        calls.spawn(async move { caller.check(&message).await.status });
    }
    assert!(calls.join_all().await.iter().all(|&status| status == 200));
    assert_eq!(house.envoy.connections(), 1);
}

#[tokio::test]
async fn a_message_that_never_comes_is_not_waited_for() {
    let timeouts = Timeouts { head: Duration::from_millis(200), ..Timeouts::default() };
    let house = House::planned(Plan { timeouts, ..Plan::default() }).await;
    let mut send = Caller::unix(&house).await.0.ready().await.unwrap();
    let (response, _never_ended) = send.send_request(grpc(CHECK).body(()).unwrap(), false).unwrap();
    let response = tokio::time::timeout(Duration::from_secs(5), response).await.unwrap().unwrap();
    assert_eq!(response.headers()["grpc-status"], "4");
}

#[tokio::test]
async fn an_idle_connection_ends_and_so_does_one_that_never_speaks() {
    let timeouts =
        Timeouts { idle: Duration::from_millis(200), linger: Duration::from_millis(100), ..Timeouts::default() };
    let house = House::planned(Plan { timeouts, ..Plan::default() }).await;
    let caller = Caller::unix(&house).await;
    let mut silent = UnixStream::connect(&house.envoy_unix).await.unwrap();
    let mut no_http2 = UnixStream::connect(&house.envoy_unix).await.unwrap();
    no_http2.write_all(b"GET / HTTP/1.1\r\nHost: any\r\n\r\n").await.unwrap();
    for stream in [&mut silent, &mut no_http2] {
        let mut rest = Vec::new();
        let read = stream.read_to_end(&mut rest);
        let _ = tokio::time::timeout(Duration::from_secs(5), read).await.expect("closed in time");
    }
    for _ in 0..500 {
        if house.envoy.connections() == 0 {
            drop(caller);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a connection is still there");
}

#[tokio::test]
async fn at_the_end_what_is_under_way_is_finished_first() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let message = joined("GET", "a.example", "/", &[("x-forwarded-proto", "https")]);
    assert_eq!(caller.check(&message).await.status, 401);
    tokio::time::timeout(Duration::from_secs(5), house.envoy.drain(Duration::from_secs(20))).await.unwrap();
    assert_eq!(house.envoy.connections(), 0);
}
