//! Whatever identity header a client sends itself, in whatever spelling, none reaches the application through the
//! printed configuration, and the true ones are not lost either.

use vestibule_tests::PREFIX;
use vestibule_tests::http::{Response, exchange};
use vestibule_tests::nginx::{PUBLISHED, Site};
use vestibule_tests::server::Setup;

use super::existing::{self, Existing};

/// The contract's closed list.
pub(super) const SUFFIXES: [&str; 11] = [
    "session-valid",
    "user-id",
    "user-anonymous",
    "user-verified",
    "user-can-reauthenticate",
    "user-roles",
    "session-amr",
    "session-acr",
    "session-authenticated-at",
    "oauth-client-id",
    "assertion",
];

#[test]
fn no_identity_header_of_a_stranger_arrives() {
    let site = Site::printed(Setup::default());
    attack(&site, "any", None);
}

#[test]
fn no_identity_header_of_somebody_who_is_signed_in_arrives() {
    let site = Site::printed(Setup::default());
    let cookie = signed_in(&site);
    attack(&site, "any", Some(&cookie));
}

#[test]
fn no_identity_header_arrives_through_a_snippet() {
    for shared in [true, false] {
        let site = existing::site(Setup::default(), shared, &Existing::default());
        let cookie = signed_in(&site);
        attack(&site, &existing::host(&site), Some(&cookie));
        // Their own locations ask nobody: there, nobody is somebody.
        for name in SUFFIXES.iter().flat_map(|suffix| spellings(suffix)) {
            site.get_of(&existing::host(&site), "/api/x", &[("Cookie", &cookie), (&name, "forged")]);
            assert_eq!(site.backend.last().identity_like(), [], "{name}");
        }
    }
}

#[test]
fn no_identity_header_arrives_behind_the_body() {
    let site = Site::printed(Setup::default());
    for name in SUFFIXES.iter().flat_map(|suffix| spellings(suffix)) {
        let head = format!("POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\nTrailer: {name}\r\nTE: trailers\r\n");
        let body = format!("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n{name}: forged\r\n\r\n");
        assert_eq!(exchange(&site.proxy(), (head + &body).as_bytes()).status, 200, "{name}");
        assert_eq!(site.backend.last().body_bytes, 3);
        assert_eq!(site.backend.last().identity_like(), [], "{name}");
        assert!(!site.backend.last().head.contains("forged"), "{name}");
    }
}

/// Not ours to print, but ours to recommend: the published file with the lines that docs/proxies/nginx.md adds to it.
#[test]
fn the_lines_that_the_documents_add_close_the_published_file() {
    let mut added = String::new();
    for suffix in SUFFIXES.iter().map(|suffix| format!("{PREFIX}{suffix}")) {
        let variable = suffix.replace('-', "_");
        if !PUBLISHED.contains(&format!("proxy_set_header {suffix} ")) {
            added += &format!(
                "auth_request_set ${variable} $upstream_http_{variable};\nproxy_set_header {suffix} ${variable};\n"
            );
        }
    }
    assert_eq!(added.lines().count(), 2 * 5, "{added}");
    let site = Site::published_with(Setup::default(), false, |config| {
        config.replacen("auth_request /_auth;", &format!("auth_request /_auth;\n{added}"), 1)
    });
    let cookie = signed_in(&site);
    attack(&site, "any", Some(&cookie));
    attack(&site, "any", None);
}

fn signed_in(site: &Site) -> String {
    site.vestibule.add_user("ada@example.com", &["--role", "editor"]);
    format!("session={}", site.vestibule.create_session("ada@example.com"))
}

fn attack(site: &Site, host: &str, cookie: Option<&str>) {
    let own: Lines = cookie.iter().map(|cookie| line("Cookie", cookie)).collect();
    ask(site, &[line("Host", host)], &own);
    let honest = told(site);
    for suffix in SUFFIXES {
        for name in spellings(suffix) {
            for (early, late) in modes(&name) {
                let before = site.backend.seen().len();
                let first = [early.clone(), vec![line("Host", host)]].concat();
                let answer = ask(site, &first, &[own.clone(), late.clone()].concat());
                // Refusing the request is as good as cleaning it.
                if site.backend.seen().len() == before {
                    assert!((400..500).contains(&answer.status), "{early:?} {late:?}: {}", answer.head);
                    continue;
                }
                assert_eq!(told(site), honest, "{early:?} {late:?} changed what the application was told");
                let head = site.backend.last().head;
                assert!(!head.contains("forged"), "{early:?} {late:?}: {head}");
            }
        }
    }
}

/// Sends a GET with these lines, in this order.
fn ask(site: &Site, first: &[(String, String)], rest: &[(String, String)]) -> Response {
    let lines: String = first.iter().chain(rest).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // A client that nominates a header in Connection writes its own Connection line.
    let close = if lines.contains("Connection:") { "" } else { "Connection: close\r\n" };
    exchange(&site.proxy(), format!("GET / HTTP/1.1\r\n{lines}{close}\r\n").as_bytes())
}

fn told(site: &Site) -> Vec<(String, String)> {
    site.backend.last().identity_like().iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn spellings(suffix: &str) -> Vec<String> {
    let name = format!("{PREFIX}{suffix}");
    let title: String = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect::<Vec<_>>().join("-");
    vec![
        title,
        name.to_uppercase(),
        name.replace('-', "_"),
        format!("{PREFIX}{}", suffix.replace('-', "_")),
        name.replacen('-', "_", 1),
        name.replace('-', "."),
        name,
    ]
}

type Lines = Vec<(String, String)>;

/// Lines before `Host` and lines behind it.
fn modes(name: &str) -> Vec<(Lines, Lines)> {
    let forged = || line(name, "forged");
    vec![
        (vec![], vec![forged()]),
        (vec![forged()], vec![]),
        (vec![], vec![forged(), line(name, "forged too")]),
        // Who looks at the first one only, or takes an empty one for none.
        (vec![], vec![line(name, ""), forged()]),
        (vec![], vec![line(&name.to_lowercase(), ""), line(&name.replace('-', "_"), "forged")]),
        (vec![], vec![line("Connection", name), forged(), line("Connection", "close")]),
        (vec![], vec![line("Connection", &format!("close, {name}")), forged()]),
        (vec![], vec![line("Upgrade", "websocket"), line("Connection", &format!("close, {name}")), forged()]),
    ]
}

fn line(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
