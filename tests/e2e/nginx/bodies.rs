//! Bodies, upgrades and old clients through the printed configuration.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use vestibule_tests::http::{Connection, exchange};
use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;
use vestibule_tests::wait;

fn signed_in() -> (Site, String) {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let secret = site.vestibule.create_session("ada@example.com");
    (site, format!("Cookie: session={secret}\r\n"))
}

#[test]
fn a_megabyte_passes_whole_with_a_length_and_in_chunks() {
    let (site, cookie) = signed_in();
    let body = vec![b'x'; 1 << 20];
    let start = format!("POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}");
    let long = [format!("{start}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat();
    assert_eq!(exchange(&site.proxy(), &long).status, 200, "{}", site.nginx.errors());
    assert_eq!(site.backend.last().body_bytes, body.len());
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));

    let size = format!("{:x}\r\n", body.len());
    let head = format!("{start}Transfer-Encoding: chunked\r\n\r\n{size}");
    let chunked = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    assert_eq!(exchange(&site.proxy(), &chunked).status, 200, "{}", site.nginx.errors());
    assert_eq!(site.backend.last().body_bytes, body.len());
}

#[test]
fn a_client_that_asks_before_it_sends_is_asked_for_the_body() {
    let (site, cookie) = signed_in();
    let mut client = Connection::open(&site.proxy()).unwrap();
    let head = format!("POST / HTTP/1.1\r\nHost: any\r\n{cookie}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    client.send(head.as_bytes()).unwrap();
    assert_eq!(client.receive(false).unwrap().status, 100);
    client.send(b"body").unwrap();
    assert_eq!(client.receive(false).unwrap().status, 200);
    assert_eq!(site.backend.last().body_bytes, 4);
}

fn websocket(site: &Site, cookie: &str) -> Connection {
    let mut client = Connection::open(&site.proxy()).expect("the proxy answers");
    let head = format!(
        "GET /ws HTTP/1.1\r\nHost: any\r\n{cookie}Upgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    client.send(head.as_bytes()).expect("the proxy answers");
    assert_eq!(client.receive(false).expect("the proxy answers").status, 101, "{}", site.nginx.errors());
    client
}

#[test]
fn a_websocket_opens_and_carries_an_identity() {
    let (site, cookie) = signed_in();
    let mut client = websocket(&site, &cookie);
    client.send(b"frame").unwrap();
    assert_eq!(client.exactly(5).unwrap(), b"frame");
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));
}

/// What `docs/step-up.md` says of open connections, so that nobody believes more: one check, when it opens.
#[test]
fn a_websocket_is_checked_when_it_opens_and_never_again() {
    let (site, cookie) = signed_in();
    let mut open = websocket(&site, &cookie);
    let secret = cookie.trim_end().trim_start_matches("Cookie: session=").to_owned();
    site.vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(!site.vestibule.is_live(&secret));
    open.send(b"frame").unwrap();
    assert_eq!(open.exactly(5).unwrap(), b"frame", "what is open stays open");
    let mut later = websocket(&site, &cookie);
    later.send(b"frame").unwrap();
    assert_eq!(site.backend.last().identity("session-valid"), Some("false"), "and the next one is nobody's");
}

#[test]
fn h2c_cannot_be_smuggled_past_the_check() {
    let (site, cookie) = signed_in();
    for upgrade in ["h2c", "h2c, websocket", "websocket, h2c", "H2C", "foo"] {
        let head = format!(
            "GET / HTTP/1.1\r\nHost: any\r\n{cookie}Upgrade: {upgrade}\r\n\
             HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n"
        );
        assert_eq!(exchange(&site.proxy(), head.as_bytes()).status, 200, "{upgrade}");
        let seen = site.backend.last();
        assert_eq!(seen.all("upgrade"), [""; 0], "{upgrade} reached the application");
        assert!(!seen.all("connection").join(",").to_lowercase().contains("upgrade"), "{}", seen.head);
    }
}

#[test]
fn an_old_client_is_served() {
    let (site, cookie) = signed_in();
    let answer = exchange(&site.proxy(), format!("GET / HTTP/1.0\r\nHost: any\r\n{cookie}\r\n").as_bytes());
    assert_eq!(answer.status, 200);
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));
    let head = format!("HEAD / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}\r\n");
    assert_eq!(exchange(&site.proxy(), head.as_bytes()).status, 200);
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));
}

#[test]
fn a_long_cookie_of_the_application_breaks_nothing() {
    let (site, cookie) = signed_in();
    let cookie = cookie.trim_end().replace("session=", &format!("big={}; session=", "y".repeat(20_000)));
    let request = format!("GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}\r\n\r\n");
    assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 200, "{}", site.nginx.errors());
    let seen = site.backend.last();
    assert_eq!(seen.identity("session-valid"), Some("true"));
    assert!(seen.head.contains(&"y".repeat(20_000)), "the application's own cookie is lost");
}

/// More than the resolver takes, or nginx: an error, and the application is not reached.
#[test]
fn a_head_that_is_too_large_reaches_nobody() {
    let (site, cookie) = signed_in();
    let line = |name: &str, size: usize| format!("{name}: x={}\r\n", "y".repeat(size));
    for large in
        [line("Cookie", 40_000), line("X-Any", 40_000), line("Cookie", 30_000).repeat(3), line("X", 30_000).repeat(5)]
    {
        let request = format!("GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}{large}\r\n");
        let answer = exchange(&site.proxy(), request.as_bytes());
        assert!(matches!(answer.status, 400 | 500), "{}", answer.head);
        assert!(site.backend.seen().is_empty());
    }
    let many: String = (0..200).map(|number| format!("X-Any-{number}: 1\r\n")).collect();
    let request = format!("GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}{many}\r\n");
    assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 200, "{}", site.nginx.errors());
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));
}

#[test]
fn a_resolver_that_hangs_holds_nobody_for_long() {
    let (mut site, cookie) = signed_in();
    let request = format!("GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}\r\n");
    assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 200);
    let reached = site.backend.seen().len();
    site.vestibule.process().stop();
    let (answer, took) = wait::measured(|| exchange(&site.proxy(), request.as_bytes()));
    assert_eq!(answer.status, 500);
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert_eq!(site.backend.seen().len(), reached);
    site.vestibule.process().signal(Signal::CONT);
    assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 200, "and all is well when it is back");
}

#[test]
fn nginx_keeps_its_connection_to_the_resolver() {
    let (mut site, cookie) = signed_in();
    let request = format!("GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{cookie}\r\n");
    let many = |site: &Site| (0..30).for_each(|_| assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 200));
    let unused = sockets(site.vestibule.process().id());
    many(&site); // every worker of nginx has opened its connections
    let kept = sockets(site.vestibule.process().id());
    assert!(kept.difference(&unused).count() > 0, "no connection is kept");
    many(&site);
    let after = sockets(site.vestibule.process().id());
    let new = after.difference(&kept).count();
    assert!(new <= 1, "{new} new connections for 30 requests");
}

/// The sockets that a process has open; each connection has a number of its own.
fn sockets(process: u32) -> BTreeSet<PathBuf> {
    let open = fs::read_dir(format!("/proc/{process}/fd")).expect("our own child").flatten();
    let targets = open.filter_map(|entry| fs::read_link(entry.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).collect()
}
