//! The listeners behind which a router answers: the same reading of a head as the resolver's, whole requests only.

use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::net::TcpStream;
use vestibule::listen::{ListenAddress, Listener, Peer};
use vestibule::log::RequestId;
use vestibule::wire::connection::Timeouts;
use vestibule::wire::router::RouterService;

use crate::house::{House, Talk};

const NEXT: &str = "GET /who HTTP/1.1\r\nHost: next\r\n\r\n";

/// A router whose answers have bodies, which the resolver's never have.
struct Pages {
    _house: House,
    service: RouterService,
    address: std::net::SocketAddr,
}

impl Pages {
    async fn open(timeouts: Timeouts) -> Self {
        let house = House::open().await;
        let who = |Extension(peer): Extension<Peer>, Extension(_): Extension<RequestId>| async move {
            if matches!(peer, Peer::Tcp(address) if address.ip().is_loopback()) { "tcp" } else { "?" }
        };
        let router = Router::new()
            .route("/who", get(who))
            .route("/echo", post(|body: String| async move { format!("[{body}]") }))
            .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(200)).await }))
            .fallback(|| async { StatusCode::NOT_FOUND });
        let service = RouterService::new(router, house.ledger.clone(), timeouts, 64);
        let listener = Listener::bind("listen.public[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap();
        let address = listener.tcp_address().unwrap();
        let accepting = service.clone();
        tokio::spawn(async move { accepting.accept_on(&listener).await });
        Self { _house: house, service, address }
    }

    async fn talk(&self) -> Talk<TcpStream> {
        Talk(TcpStream::connect(self.address).await.unwrap())
    }

    async fn last_words(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut talk = self.talk().await;
        talk.send(bytes).await;
        talk.rest().await
    }
}

#[tokio::test]
async fn requests_in_a_row_are_answered_one_at_a_time() {
    let pages = Pages::open(Timeouts::default()).await;
    let last = "GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answers = pages.last_words(format!("{NEXT}{NEXT}GET /none HTTP/1.1\r\nHost: a\r\n\r\n{last}{NEXT}")).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 404 Not Found").count(), 1);
    assert_eq!(answers.matches("connection: close").count(), 1);
    assert!(answers.ends_with("\n\ntcp"), "{answers}");
}

#[tokio::test]
async fn a_body_is_read_and_ends_the_connection() {
    let pages = Pages::open(Timeouts::default()).await;
    for (framing, body) in [("Content-Length: 5", "a=b&c"), ("Transfer-Encoding: chunked", "5\r\na=b&c\r\n0\r\n\r\n")] {
        let post = format!("POST /echo HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{body}");
        let answer = pages.last_words(format!("{post}{NEXT}")).await;
        assert!(answer.contains("connection: close") && answer.ends_with("\n\n[a=b&c]"), "{answer}");
        // In pieces too, with a pause inside the body.
        let mut talk = pages.talk().await;
        let (early, late) = post.split_at(post.len() - 3);
        talk.send(early).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        talk.send(late).await;
        assert!(talk.rest().await.ends_with("[a=b&c]"));
    }
}

#[tokio::test]
async fn a_body_that_is_announced_and_not_sent_is_not_waited_for_where_nobody_reads_it() {
    let pages = Pages::open(Timeouts::default()).await;
    let answer = pages.last_words("GET /who HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("tcp"), "{answer}");
}

#[tokio::test]
async fn smuggling_is_refused_here_too() {
    let pages = Pages::open(Timeouts::default()).await;
    for line in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: gzip, chunked",
        "A: b\r\n folded",
        "A : b",
        "A: b\nContent-Length: 5",
        "A: b\rc",
        "Host: other",
    ] {
        let answer = pages.last_words(format!("GET /who HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n{NEXT}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\n"), "{line:?} {answer}");
        assert!(
            answer.contains("Connection: close")
                && answer.ends_with("\n\nThis request cannot be read. Go back and try again.\n"),
            "nothing behind it: {line:?} {answer}"
        );
    }
    let lines = "X: y\r\n".repeat(300);
    let answer = pages.last_words(format!("GET /who HTTP/1.1\r\nHost: a\r\n{lines}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(answer.ends_with("Delete this site's cookies in its settings, then try again.\n"), "{answer}");
}

#[tokio::test]
async fn http_1_0_gets_its_page() {
    let pages = Pages::open(Timeouts::default()).await;
    let mut talk = pages.talk().await;
    talk.send("GET /who HTTP/1.0\r\n\r\n").await;
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut talk.0, &mut bytes).await.unwrap();
    let answer = String::from_utf8(bytes).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 OK") && answer.ends_with("tcp"), "{answer}");
}

#[tokio::test]
async fn slowloris_is_dropped_here_too() {
    let short = Duration::from_millis(150);
    let pages = Pages::open(Timeouts { head: short, ..Timeouts::default() }).await;
    let mut talk = pages.talk().await;
    for _ in 0..30 {
        talk.send("GET /who HTTP/1.1\r\nX: y\r\n".get(..1).unwrap_or_default()).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(talk.rest().await.starts_with("HTTP/1.1 408 "));
}

#[tokio::test]
async fn a_flood_of_slow_bodies_keeps_nobody_out() {
    let pages = Pages::open(Timeouts::default()).await;
    let mut flood = Vec::new();
    for _ in 0..100 {
        let mut slow = pages.talk().await;
        slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na").await;
        flood.push(slow);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let answer = tokio::time::timeout(Duration::from_secs(5), async { pages.talk().await.ask(NEXT).await }).await;
    assert!(answer.expect("a seat in time").starts_with("HTTP/1.1 200"));
    // The youngest are still there, and those who finish are answered.
    let mut youngest = flood.pop().unwrap();
    youngest.send("=b&c").await;
    assert!(youngest.rest().await.ends_with("[a=b&c]"));
}

#[tokio::test]
async fn draining_waits_for_an_answer_under_way() {
    let pages = Pages::open(Timeouts::default()).await;
    let mut talk = pages.talk().await;
    talk.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    pages.service.drain(Duration::from_secs(5)).await;
    let answer = talk.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}
