//! The operators' listener: alive, ready, and how it is doing.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use vestibule::ops::metrics::Metrics;
use vestibule::ops::{Ops, router};

use crate::house::House;

async fn get(ops: &Arc<Ops>, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router(Arc::clone(ops)).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn it_is_ready_until_it_drains_or_its_store_is_gone() {
    let house = House::open().await;
    let ops = Arc::new(Ops::new(house.ledger.clone(), house.service.resolves(), Metrics::start()));
    assert_eq!(get(&ops, "/healthz").await.0, StatusCode::OK);
    assert_eq!(get(&ops, "/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
    ops.drain();
    assert_eq!(get(&ops, "/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, "ending\n".to_owned()));
    assert_eq!(get(&ops, "/healthz").await.0, StatusCode::OK, "ending is no reason to be killed");
    let ops = Arc::new(Ops::new(house.ledger.clone(), house.service.resolves(), Metrics::start()));
    house.ledger.close().await;
    assert_eq!(get(&ops, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get(&ops, "/resolve").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_resolved_is_counted_and_nobody_is_named() {
    let house = House::open().await;
    let mut talk = house.tcp().await;
    for line in [house.cookie(), "Cookie: session=x".to_owned(), "X: y".to_owned()] {
        talk.ask(format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{line}\r\n\r\n")).await;
    }
    talk.ask("GET / HTTP/1.1\r\nHost: any\r\n\r\n").await;
    talk.ask("nonsense\r\n\r\n").await;
    let ops = Arc::new(Ops::new(house.ledger.clone(), house.service.resolves(), Metrics::start()));
    let (status, page) = get(&ops, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for (outcome, count) in
        [("valid", 1), ("invalid", 1), ("anonymous", 1), ("fault", 0), ("declined", 1), ("refused", 1)]
    {
        let line = format!("vestibule_resolves_total{{outcome=\"{outcome}\"}} {count}\n");
        assert!(page.contains(&line), "{line} in {page}");
    }
    assert!(page.contains("vestibule_sessions_in_memory 1\n"), "{page}");
    assert!(!page.contains(&house.secret) && !page.contains("ada"), "{page}");
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_without_a_word_of_anybody() {
    let house = House::open().await;
    house.ledger.close().await;
    let mut talk = house.tcp().await;
    let answer = talk.ask(format!("GET /resolve HTTP/1.1\r\nHost: any\r\n{}\r\n\r\n", house.cookie())).await;
    assert_eq!(answer, "HTTP/1.1 503 Service Unavailable\nContent-Length: 0\nCache-Control: no-store\n\n");
    let nobody = talk.ask("GET /resolve HTTP/1.1\r\nHost: any\r\n\r\n").await;
    assert!(nobody.starts_with("HTTP/1.1 200 OK\n"), "what needs no store goes on: {nobody}");
}
