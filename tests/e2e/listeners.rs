//! The three listeners on their own: each knows its own doors and no other, and the resolver answers from the head.

use vestibule_tests::http::{Address, Connection, exchange};
use vestibule_tests::server::{Setup, Vestibule};

fn with_session() -> (Vestibule, String) {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    (vestibule, secret)
}

fn status(address: &Address, request_line: &str) -> u16 {
    exchange(address, format!("{request_line} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n").as_bytes()).status
}

#[test]
fn each_door_is_on_its_own_listener_only() {
    let vestibule = Setup::default().start();
    for public in [vestibule.public(), vestibule.public_unix()] {
        assert_eq!(status(&public, "GET /auth/login"), 200);
        let strangers =
            ["/_resolver/resolve", "/resolve", "/auth/_resolver/resolve", "/auth/resolve", "/metrics", "/healthz"];
        for door in strangers.iter().chain(&["/readyz", "/auth/metrics", "/_resolver/check/nginx"]) {
            assert_eq!(status(&public, &format!("GET {door}")), 404, "{door} on the public listener");
        }
    }
    for resolver in [vestibule.resolver(), vestibule.resolver_unix()] {
        assert_eq!(status(&resolver, "GET /_resolver/resolve"), 200);
        for door in
            ["/auth/login", "/login", "/", "/auth/", "/metrics", "/healthz", "/_resolver/", "/_resolver/resolve/x"]
        {
            assert_eq!(status(&resolver, &format!("GET {door}")), 404, "{door} on the resolver");
        }
    }
    for door in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(status(&vestibule.ops(), &format!("GET {door}")), 200, "{door}");
    }
    for door in ["/auth/login", "/_resolver/resolve", "/"] {
        assert_eq!(status(&vestibule.ops(), &format!("GET {door}")), 404, "{door} on the operators' listener");
    }
}

#[test]
fn resolve_answers_to_every_spelling_of_the_contract() {
    let (vestibule, secret) = with_session();
    for resolver in [vestibule.resolver(), vestibule.resolver_unix()] {
        for line in
            ["GET /_resolver/resolve", "HEAD /_resolver/resolve", "GET /resolve", "GET /_resolver/resolve?a=b&c"]
        {
            let request =
                format!("{line} HTTP/1.1\r\nHost: a.b, c:99\r\nConnection: close\r\nCookie: session={secret}\r\n\r\n");
            let answer = exchange(&resolver, request.as_bytes());
            assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("true")), "{line}");
            assert_eq!(answer.header("content-length"), Some("0"), "{line}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{line}");
            assert_eq!(answer.header("set-cookie"), None, "{line}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
            assert_eq!(status(&resolver, &format!("{method} /_resolver/resolve")), 405, "{method}");
        }
    }
}

#[test]
fn nothing_that_a_client_sent_changes_the_answer() {
    let (vestibule, secret) = with_session();
    let cookie = format!("session={secret}");
    let plain = vestibule.resolve(&[("Cookie", &cookie)]);
    for (name, value) in [
        ("Range", "bytes=0-0"),
        ("If-None-Match", "*"),
        ("If-Modified-Since", "Tue, 24 Nov 2026 00:00:00 GMT"),
        ("Accept-Encoding", "gzip, br, zstd"),
        ("Accept", "image/png"),
        ("Expect", "100-continue"),
        ("Upgrade", "websocket"),
        ("Authorization", "Basic a2V5"),
        ("X-Forwarded-For", "not an address"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("x-authgear-user-id", "forged"),
    ] {
        let answer = vestibule.resolve(&[("Cookie", &cookie), (name, value)]);
        assert_eq!((answer.status, answer.identities()), (200, plain.identities()), "{name}: {value}");
    }
}

#[test]
fn an_announced_body_is_not_waited_for() {
    let (vestibule, secret) = with_session();
    let resolver = vestibule.resolver();
    for announced in ["Content-Length: 1048576", "Transfer-Encoding: chunked"] {
        let mut client = Connection::open(&resolver).unwrap();
        let request =
            format!("GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\n{announced}\r\nCookie: session={secret}\r\n\r\n");
        client.send(request.as_bytes()).unwrap();
        let answer = client.receive(false).unwrap();
        assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("true")), "{announced}");
        assert!(client.is_closed(), "{announced}: what follows could be read as a request");
    }
}

#[test]
fn nginx_of_old_is_answered_and_closed() {
    let (vestibule, secret) = with_session();
    for resolver in [vestibule.resolver(), vestibule.resolver_unix()] {
        let mut client = Connection::open(&resolver).unwrap();
        let request = format!(
            "GET /_resolver/resolve HTTP/1.0\r\nHost: a\r\nConnection: close\r\nCookie: session={secret}\r\n\r\n"
        );
        client.send(request.as_bytes()).unwrap();
        assert_eq!(client.receive(false).unwrap().identity("session-valid"), Some("true"));
        assert!(client.is_closed());
    }
}

#[test]
fn a_kept_connection_never_mixes_two_people_up() {
    let (vestibule, secret) = with_session();
    for resolver in [vestibule.resolver(), vestibule.resolver_unix()] {
        let mut client = Connection::open(&resolver).unwrap();
        let ask = |cookie: &str| format!("GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\n{cookie}\r\n");
        let somebody = ask(&format!("Cookie: session={secret}\r\n"));
        let nobody = ask("");
        let stranger = ask("Cookie: session=vbs_made_up\r\n");
        // Written in one go: three answers, in order.
        for _ in 0..50 {
            client.send(format!("{somebody}{nobody}{stranger}").as_bytes()).unwrap();
            assert_eq!(client.receive(false).unwrap().identity("session-valid"), Some("true"));
            assert_eq!(client.receive(false).unwrap().identities(), []);
            let answer = client.receive(false).unwrap();
            assert_eq!(answer.identities().len(), 1);
            assert_eq!(answer.identity("session-valid"), Some("false"));
        }
    }
}

#[test]
fn a_head_of_64_kib_is_read() {
    let (vestibule, secret) = with_session();
    let filler = "y".repeat(60 * 1024);
    let answer = vestibule.resolve(&[("X-Filler", &filler), ("Cookie", &format!("session={secret}"))]);
    assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("true")));
}
