//! The printed configuration with a certificate: sign in over https through nginx, and be known.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use vestibule_tests::http::{Address, Response, exchange};
use vestibule_tests::nginx::{Site, printed_with};
use vestibule_tests::person::Person;
use vestibule_tests::port;
use vestibule_tests::server::Setup;
use vestibule_tests::tls::Certificate;

/// A site with https, and where its plain http is.
struct Https {
    site: Site,
    plain: Address,
    trusted: PathBuf,
    folder: tempfile::TempDir,
}

impl Https {
    /// `None` where there is no openssl; says so.
    fn start(test: &str, more: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let Some(made) = Certificate::make(folder.path(), &["localhost"]) else {
            vestibule_tests::skip(test, "there is no openssl");
            return None;
        };
        let (address, plain) = (port::free(), port::free());
        let setup = Setup::default().origin(&format!("https://localhost:{}", address.port()));
        let site = Site::with(setup, address, |vestibule, app| {
            let (listen, plain) = (address.to_string(), plain.to_string());
            let (cert, key) = (made.cert.to_str().expect("UTF-8"), made.key.to_str().expect("UTF-8"));
            let tls = ["--app", app, "--listen", &listen, "--tls-cert", cert, "--tls-key", key];
            printed_with(vestibule, &[&tls[..], &["--redirect-from", &plain], more].concat())
        });
        Some(Self { site, plain: plain.into(), trusted: made.cert, folder })
    }

    fn door(&self) -> Address {
        Address::Tls(self.site.address, "localhost".to_owned(), self.trusted.clone())
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let host = format!("localhost:{}", self.site.address.port());
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n");
        exchange(&self.door(), request.as_bytes())
    }
}

#[test]
fn somebody_signs_in_over_https_and_is_known() {
    let Some(https) = Https::start("somebody_signs_in_over_https_and_is_known", &[]) else { return };
    let site = &https.site;
    site.vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let mut ada = Person::new(https.door(), &site.vestibule.origin(), "/auth");
    assert_eq!(ada.get("/login").status, 200, "{}", site.nginx.errors());
    let answer = ada.try_sign_in("ada@example.com", vestibule_tests::server::PASSWORD);
    assert_eq!(answer.status, 303, "{}", answer.head);
    let cookies: Vec<&str> = answer.all("set-cookie").collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|cookie| cookie.contains("; Secure")), "{cookies:?}");
    ada.get_path("/");
    let seen = site.backend.last();
    assert_eq!(seen.identity("user-roles"), Some("admin"), "{}", site.nginx.errors());
    assert_eq!(seen.all("x-forwarded-proto"), ["https"]);
    assert_eq!(seen.all("host"), [format!("localhost:{}", site.address.port())]);
    let secret = ada.session();
    assert_eq!(ada.post("/logout", &[]).status, 303);
    https.get("/", &[("Cookie", &format!("session={secret}"))]);
    assert_eq!(site.backend.last().identity("session-valid"), Some("false"));
}

#[test]
fn plain_http_is_sent_to_https_and_reaches_nobody() {
    let Some(https) = Https::start("plain_http_is_sent_to_https_and_reaches_nobody", &[]) else { return };
    let port = https.site.address.port();
    for path in ["/", "/a/b?c=d&e", "/auth/login?return_to=/x", "//evil.test/", "/%0d%0aSet-Cookie:x"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = exchange(&https.plain, request.as_bytes());
        assert_eq!(answer.status, 301, "{path}: {}", answer.head);
        assert_eq!(answer.header("location"), Some(format!("https://localhost:{port}{path}").as_str()));
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert!(https.site.backend.seen().is_empty());
    assert_eq!(https.get("/", &[]).status, 200, "{}", https.site.nginx.errors());
}

/// Whoever sends HSTS cannot go back for as long as it says: the operator's decision, which the file explains.
#[test]
fn hsts_is_the_operator_s_decision() {
    let Some(https) = Https::start("hsts_is_the_operator_s_decision", &[]) else { return };
    for path in ["/", "/auth/login"] {
        assert_eq!(https.get(path, &[]).header("strict-transport-security"), None, "{path}");
    }
    let files = ["--tls-cert", "/c", "--tls-key", "/k"];
    let printed = printed_with(&https.site.vestibule, &files);
    let commented = printed.lines().any(|line| line.trim().starts_with("# add_header Strict-Transport-Security"));
    assert!(commented, "{printed}");
}

#[test]
fn another_host_is_refused_over_https_too() {
    let named = ["--server-name", "localhost"];
    let Some(https) = Https::start("another_host_is_refused_over_https_too", &named) else { return };
    let request = "GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(&https.door(), request.as_bytes()).status, 421);
    assert!(https.site.backend.seen().is_empty());
    assert_eq!(https.get("/", &[]).status, 200);
}

#[test]
fn no_identity_header_of_a_stranger_arrives_over_http_2() {
    const NAME: &str = "no_identity_header_of_a_stranger_arrives_over_http_2";
    let Some(https) = Https::start(NAME, &[]) else { return };
    let site = &https.site;
    site.vestibule.add_user("ada@example.com", &["--role", "editor"]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    let out = https.folder.path().join("curl.out");
    let curl = |headers: &[&str]| {
        let mut command = Command::new("curl");
        command.args(["--http2", "--silent", "--show-error", "--output"]).arg(&out).arg("--cacert").arg(&https.trusted);
        command.args(["--write-out", "%{http_version} %{http_code}"]);
        headers.iter().for_each(|header| _ = command.args(["--header", header]));
        let port = site.address.port();
        command.args(["--connect-to", &format!("localhost:{port}:127.0.0.1:{port}")]);
        let said = command.arg(format!("https://localhost:{port}/")).output().ok()?;
        Some(String::from_utf8_lossy(&said.stdout).into_owned())
    };
    let own = format!("cookie: {cookie}");
    match curl(&[&own]) {
        None => return vestibule_tests::skip(NAME, "there is no curl"),
        Some(said) if said.starts_with("1.1") => return vestibule_tests::skip(NAME, "this curl knows no HTTP/2"),
        Some(said) => assert_eq!(said, "2 200", "{}", site.nginx.errors()),
    }
    let told = || {
        let seen = site.backend.last();
        seen.identity_like().iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>()
    };
    let honest = told();
    assert!(honest.contains(&"x-authgear-user-roles: editor".to_owned()), "{honest:?}");
    for name in super::forging::SUFFIXES.iter().map(|suffix| format!("x-authgear-{suffix}")) {
        for name in [
            name.clone(),
            name.to_uppercase(),
            name.replace('-', "_"),
            name.replacen('-', "_", 1),
            name.replace('-', "."),
        ] {
            let forged = format!("{name}: forged");
            for headers in [vec![own.as_str(), &forged], vec![own.as_str(), &forged, &forged]] {
                let before = site.backend.seen().len();
                let said = curl(&headers).expect("curl is there");
                if site.backend.seen().len() == before {
                    assert!(said.starts_with("2 4"), "{forged}: {said}");
                    continue;
                }
                assert_eq!(told(), honest, "{forged}");
                assert!(!site.backend.last().head.contains("forged"), "{}", site.backend.last().head);
            }
        }
    }
    // A browser may send each cookie in a field of its own.
    let said = curl(&["cookie: a=1", &own, "cookie: b=2"]).expect("curl is there");
    assert_eq!((said.as_str(), told()), ("2 200", honest));
    assert!(!site.backend.last().head.contains("session="), "{}", site.backend.last().head);
    assert!(fs::metadata(&out).is_ok());
}
