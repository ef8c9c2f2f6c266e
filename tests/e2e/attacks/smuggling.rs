//! Request smuggling on our own listeners: bytes that two parsers could read in two ways are refused, and the
//! connection is closed, so that nothing after them is ever read as a request.

use vestibule_tests::http::{Address, Connection};
use vestibule_tests::server::{Setup, Vestibule};

/// What stands after the request line; a second request hides behind each.
const AMBIGUOUS: &[(&str, &str)] = &[
    ("CL and TE", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("TE and CL", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n\r\n"),
    ("a list of lengths", "Content-Length: 0, 5\r\n\r\n"),
    ("a signed length", "Content-Length: +0\r\n\r\n"),
    ("a negative length", "Content-Length: -1\r\n\r\n"),
    ("a hex length", "Content-Length: 0x0\r\n\r\n"),
    ("an empty length", "Content-Length: \r\n\r\n"),
    ("obs-fold", "X-A: b\r\n c: d\r\n\r\n"),
    ("obs-fold of TE", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("a space before a name", " X-A: b\r\n\r\n"),
    ("a line without a colon", "X-A\r\n\r\n"),
    ("an empty name", ": b\r\n\r\n"),
    ("NUL in a value", "X-A: a\0b\r\n\r\n"),
    ("a bare CR in a value", "X-A: a\rb\r\n\r\n"),
    ("another coding", "Transfer-Encoding: gzip, chunked, x\r\n\r\n0\r\n\r\n"),
    ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"),
];

fn each_listener(test: impl Fn(&Address, &str)) {
    let vestibule = Setup::default().start();
    for (address, path) in [
        (vestibule.resolver(), "/_resolver/resolve"),
        (vestibule.resolver_unix(), "/_resolver/resolve"),
        (vestibule.public(), "/auth/login"),
        (vestibule.public_unix(), "/auth/login"),
    ] {
        test(&address, path);
    }
}

#[test]
fn two_readings_are_400_and_close() {
    each_listener(|address, path| {
        for (name, rest) in AMBIGUOUS {
            let mut client = Connection::open(address).unwrap();
            let hidden = format!("GET {path} HTTP/1.1\r\nHost: hidden\r\n\r\n");
            client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{rest}{hidden}").as_bytes()).unwrap();
            let answer = client.receive(false).unwrap_or_else(|error| panic!("{name} at {address}{path}: {error}"));
            assert_eq!(answer.status, 400, "{name} at {address}{path}: {}", answer.head);
            assert!(client.is_closed(), "{name} at {address}{path}: the connection goes on");
        }
    });
}

#[test]
fn a_bare_line_feed_never_makes_two_readings() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    each_reading(
        &vestibule,
        &format!("GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\nX-A: b\nCookie: session={secret}\r\n\r\n"),
    );
    each_reading(&vestibule, &format!("GET /_resolver/resolve HTTP/1.1\nHost: a\nCookie: session={secret}\n\n"));
}

/// Either refused and closed, or read as one request and answered once.
fn each_reading(vestibule: &Vestibule, raw: &str) {
    for address in [vestibule.resolver(), vestibule.resolver_unix()] {
        let mut client = Connection::open(&address).expect("it listens");
        client.send(raw.as_bytes()).expect("it reads");
        client.send(b"GET /_resolver/resolve HTTP/1.1\r\nHost: end\r\nConnection: close\r\n\r\n").expect("it reads");
        let first = client.receive(false).expect("an answer");
        if first.status == 400 {
            assert!(client.is_closed(), "{raw:?}");
        } else {
            assert_eq!(first.status, 200, "{raw:?}");
            assert_eq!(client.receive(false).expect("a second answer").identities(), [], "{raw:?}");
            assert!(client.is_closed(), "{raw:?}: a third answer");
        }
    }
}

#[test]
fn a_request_line_with_two_readings_is_400() {
    each_listener(|address, path| {
        for line in [
            format!("GET  {path} HTTP/1.1"),
            format!("GET {path}  HTTP/1.1"),
            format!("GET\t{path}\tHTTP/1.1"),
            format!("GET {path}"),
            format!("GET {path} HTTP/2.0"),
            format!("GET {path} HTTP/1.1 x"),
            format!(" GET {path} HTTP/1.1"),
            format!("GET {path}\0 HTTP/1.1"),
            "PRI * HTTP/2.0".to_owned(),
        ] {
            let mut client = Connection::open(address).unwrap();
            client.send(format!("{line}\r\nHost: a\r\n\r\n").as_bytes()).unwrap();
            let Ok(answer) = client.receive(false) else { continue }; // closed without a word is refused as well
            assert!((400..600).contains(&answer.status), "{line:?} at {address}: {}", answer.head);
            assert!(client.is_closed(), "{line:?} at {address}: the connection goes on");
        }
    });
}

#[test]
fn a_hash_in_the_target_fails_closed() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    let raw = format!(
        "GET /_resolver/resolve?a#b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: session={secret}\r\n\r\n"
    );
    let answer = vestibule_tests::http::exchange(&vestibule.resolver(), raw.as_bytes());
    assert!(answer.status == 400 || answer.status == 200, "{}", answer.head);
    assert!(answer.status == 200 || answer.identities().is_empty());
}
