//! The same bytes to us and to hyper: whatever we answer, hyper answers too and as the same number of requests; where
//! the two differ, ours is the stricter, and the differences are listed.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Method, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use vestibule::listen::Peer;
use vestibule::ops::resolves::Resolves;
use vestibule::resolver::connection::serve;
use vestibule::wire::connection::Timeouts;
use vestibule::wire::head::{MAX_HEAD, MAX_HEADERS};
use vestibule::wire::seats::Seats;

use crate::house::House;

/// The statuses of the answers to these bytes, after which the client says no more.
async fn statuses(mut client: DuplexStream, bytes: &[u8]) -> Vec<u16> {
    let _ = client.write_all(bytes).await;
    let _ = client.shutdown().await;
    let mut answers = Vec::new();
    let _ = client.read_to_end(&mut answers).await;
    let text = String::from_utf8(answers).expect("ASCII answers");
    let status = |head: &str| head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    text.split_terminator("\r\n\r\n").map(status).collect()
}

async fn ours(house: &House, bytes: &[u8]) -> Vec<u16> {
    let (client, server) = duplex(256 * 1024);
    let seat = Seats::new(1).take(house.ledger.now()).await;
    let (resolver, resolves) = (house.service.resolver(), Arc::new(Resolves::default()));
    let serving = serve(server, Peer::Unix, seat, &resolver, resolves.shard(0), Timeouts::default());
    tokio::join!(statuses(client, bytes), serving).0
}

async fn hypers(bytes: &[u8]) -> Vec<u16> {
    let (client, server) = duplex(256 * 1024);
    let answer = |request: http::Request<Incoming>| async move {
        let status = match (request.uri().path(), request.method()) {
            ("/resolve", &Method::GET | &Method::HEAD) => StatusCode::OK,
            ("/resolve", _) => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::NOT_FOUND,
        };
        Response::builder().status(status).body(Empty::<Bytes>::new()).map_err(|_| -> Infallible { unreachable!() })
    };
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.half_close(true).max_headers(MAX_HEADERS).max_buf_size(MAX_HEAD);
    let serving = builder.serve_connection(TokioIo::new(server), service_fn(answer));
    tokio::join!(statuses(client, bytes), async { drop(serving.await) }).0
}

fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 408 | 414 | 431 | 505)
}

/// Ours are hyper's, up to a point where we refuse or close and it goes on.
fn is_as_strict(ours: &[u16], hypers: &[u16]) -> bool {
    let answered = ours.iter().take_while(|&&status| !is_refusal(status)).count();
    ours.len() <= answered + 1 && hypers.len() >= answered && ours[..answered] == hypers[..answered]
}

const NEXT: &str = "GET /resolve HTTP/1.1\r\nHost: next\r\n\r\n";

#[tokio::test]
async fn well_formed_requests_are_read_as_hyper_reads_them() {
    let house = House::open().await;
    for head in [
        "GET /resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /resolve?x HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /other HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://b/resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n",
        "GET /resolve HTTP/1.0\r\n\r\n",
        "GET /resolve HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /resolve HTTP/1.0\r\nConnection: close\r\n\r\n",
        "\r\nGET /resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\0\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET  /resolve HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /resolve\r\n\r\n",
    ] {
        let bytes = format!("{head}{NEXT}");
        assert_eq!(ours(&house, bytes.as_bytes()).await, hypers(bytes.as_bytes()).await, "{head:?}");
    }
}

#[tokio::test]
async fn where_we_differ_we_are_the_stricter() {
    let house = House::open().await;
    for (head, why, expected) in [
        ("GET /resolve HTTP/1.1\n\n", "a bare LF", vec![400]),
        ("GET /resolve HTTP/1.1\r\n\r\n", "no Host (RFC 9112 section 3.2)", vec![400]),
        ("GET /resolve HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "two Hosts (3.2)", vec![400]),
        (
            "GET /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "two equal lengths",
            vec![400],
        ),
        (
            "GET /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "both framings",
            vec![400],
        ),
        (
            "GET /resolve HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "another coding",
            vec![400],
        ),
        ("GET /resolve HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "a body is not read", vec![200]),
    ] {
        let bytes = format!("{head}{NEXT}");
        let (ours, hypers) = (ours(&house, bytes.as_bytes()).await, hypers(bytes.as_bytes()).await);
        assert_eq!(ours, expected, "{why}");
        assert!(is_as_strict(&ours, &hypers) && hypers != ours, "{why}: {ours:?} {hypers:?}");
    }
}

/// Requests put together from what matters for where one ends.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "GET /resolve HTTP/1.1\r\n",
        "GET /resolve HTTP/1.0\r\n",
        "POST /resolve HTTP/1.1\r\n",
        "Host: a\r\n",
        "Host: a\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: 4\r\n",
        "Content-Length: 04\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "X: y\r\n",
        " folded\r\n",
        "\r\n",
        "\r\n",
        "0\r\n\r\n",
        "\n",
        "\r",
        "\0",
        " ",
        "\t",
        ":",
        "body",
    ]);
    let head = prop::sample::select(vec!["", "GET /resolve HTTP/1.1\r\nHost: a\r\n"]);
    (head, prop::collection::vec(line, 0..8), prop::bool::ANY).prop_map(|(head, lines, next)| {
        format!("{head}{}{}", lines.concat(), if next { NEXT } else { "" }).into_bytes()
    })
}

#[test]
fn nothing_is_a_request_to_us_that_is_none_to_hyper() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::open());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() });
    let tried = runner.run(&requests(), |bytes| {
        let (ours, hypers) = runtime.block_on(async { (ours(&house, &bytes).await, hypers(&bytes).await) });
        prop_assert!(
            is_as_strict(&ours, &hypers),
            "ours {:?}, hyper's {:?}, {:?}",
            ours,
            hypers,
            String::from_utf8_lossy(&bytes)
        );
        Ok(())
    });
    tried.unwrap();
}
