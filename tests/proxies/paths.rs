//! One reading of a path: what the application is asked for is what the rules have seen.

use vestibule_tests::http::{Connection, Response};

use crate::site::Site;

/// Paths that some program reads as public and another as not.
const PATHS: [&str; 36] = [
    "/public/../admin",
    "/public/%2e%2e/admin",
    "/public/.%2e/admin",
    "/public/..%2fadmin",
    "/public%2f..%2fadmin",
    "/public/..%5cadmin",
    "/public/..\\admin",
    "/public\\..\\admin",
    "/public/..;/admin",
    "/public;/../admin",
    "/public/;/admin",
    "/public//../admin",
    "//admin",
    "/public/%2e%2e%2fadmin",
    "/public/%252e%252e/admin",
    "/public/%252e%252e%252fadmin",
    "/public/..%00/admin",
    "/public%00/../admin",
    "/public/#/../../admin",
    "/public#/../admin",
    "/public/%23/../../admin",
    "/public/?/../../admin",
    "/public/%3f/../../admin",
    "/public/%c0%ae%c0%ae/admin",
    "/public/\u{e9}",
    "/public/%zz",
    "/public/%",
    "/./admin",
    "/%61dmin",
    "/ADMIN",
    "/Public/a",
    "/public/..",
    "/public/.",
    "http://localhost/public/../admin",
    "*",
    "admin",
];

fn ask(site: &Site, target: &str) -> Option<Response> {
    let mut client = Connection::open(&site.door()).expect("the proxy listens");
    let head = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    client.send(head.as_bytes()).expect("the proxy listens");
    // Some close on what it cannot parse, sometimes without a word.
    client.receive(false).ok()
}

pub(crate) fn nobody_gets_past_the_public_part(site: Site) {
    let mut passed = Vec::new();
    for target in PATHS {
        let (reached, answer) = site.reaches(|| ask(&site, target));
        if reached {
            let seen = site.backend.last().head;
            let path = seen.split([' ', '?']).nth(1).expect("a request line has a path").to_owned();
            assert!(path.starts_with("/public/") || path == "/public", "{target} came as {seen}");
            let odd = ["..", "//", "\\", ";", "#", "%2", "%5", "%0", "%c0"];
            assert!(!odd.iter().any(|odd| path.contains(odd)), "{target} came as {seen}");
            passed.push(target);
        } else if let Some(answer) = answer {
            assert!((300..500).contains(&answer.status), "{target} {}", answer.head);
        }
    }
    assert!(passed.contains(&"/public/?/../../admin"), "a query is no path: {passed:?}");
}
