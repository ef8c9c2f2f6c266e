//! Oversized requests: 200 headers, heads over 64 KiB, 4,000 cookies, long bodies; all of it in bounded memory.

use std::fs;

use vestibule_tests::http::{Connection, exchange};
use vestibule_tests::server::{Setup, Vestibule};

fn with_session() -> (Vestibule, String) {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    (vestibule, secret)
}

#[test]
fn two_hundred_headers_are_read_or_refused_but_never_half_read() {
    let (vestibule, secret) = with_session();
    let lines: String = (0..200).map(|n| format!("X-H{n}: {n}\r\n")).collect();
    let raw = format!(
        "GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}Cookie: session={secret}\r\n\r\n"
    );
    for address in [vestibule.resolver(), vestibule.resolver_unix()] {
        let answer = exchange(&address, raw.as_bytes());
        let read = answer.status == 200 && answer.identity("session-valid") == Some("true");
        assert!(read || answer.status == 431, "{}", answer.head);
    }
}

#[test]
fn a_head_over_64_kib_is_431() {
    let vestibule = Setup::default().start();
    for (address, path) in [
        (vestibule.resolver(), "/_resolver/resolve"),
        (vestibule.resolver_unix(), "/_resolver/resolve"),
        (vestibule.public(), "/auth/login"),
    ] {
        let raw = format!("GET {path} HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "y".repeat(70 * 1024));
        let answer = exchange(&address, raw.as_bytes());
        assert_eq!(answer.status, 431, "{address}{path}");
        assert_eq!(answer.identities(), []);
    }
}

#[test]
fn a_head_that_never_ends_is_cut() {
    let vestibule = Setup::default().start();
    let mut client = Connection::open(&vestibule.resolver()).unwrap();
    client.send(b"GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\n").unwrap();
    let mut sent = 0;
    while sent < 64 << 20 && client.send(format!("X-More: {}\r\n", "y".repeat(4096)).as_bytes()).is_ok() {
        sent += 4096;
    }
    assert!(sent < 32 << 20, "{sent} bytes of head were taken");
}

#[test]
fn four_thousand_cookies_cost_no_memory() {
    let (mut vestibule, secret) = with_session();
    let filler: String = (0..4000).map(|n| format!("c{n}=1; ")).collect();
    let cookie = format!("{filler}session={secret}");
    assert!(cookie.len() < 60 * 1024);
    let ask =
        |vestibule: &Vestibule| vestibule.resolve(&[("Cookie", &cookie)]).identity("session-valid") == Some("true");
    assert!((0..50).all(|_| ask(&vestibule)));
    let before = resident(&mut vestibule);
    assert!((0..500).all(|_| ask(&vestibule)));
    let after = resident(&mut vestibule);
    assert!(after < before + 4096, "{before} KiB became {after} KiB");
}

#[test]
fn a_form_of_megabytes_is_refused_without_being_kept() {
    let mut vestibule = Setup::default().start();
    vestibule.person().get("/login");
    let before = resident(&mut vestibule);
    for _ in 0..5 {
        let length = 50 << 20;
        let mut client = Connection::open(&vestibule.public()).unwrap();
        let head = format!(
            "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\nemail="
        );
        client.send(head.as_bytes()).unwrap();
        for _ in 0..64 {
            if client.send(&[b'y'; 1 << 16]).is_err() {
                break;
            }
        }
        if let Ok(answer) = client.receive(false) {
            assert!((400..500).contains(&answer.status), "{}", answer.head);
        }
    }
    let after = resident(&mut vestibule);
    assert!(after < before + 8192, "{before} KiB became {after} KiB");
}

/// Resident memory in KiB.
fn resident(vestibule: &mut Vestibule) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", vestibule.process().id())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux says so");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of KiB")
}
