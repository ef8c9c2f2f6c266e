//! Paths that nginx, Vestibule and an application could read in different ways are refused before anybody is asked,
//! and the doors of the resolver are open on the resolver's listener only.

use vestibule_tests::http::exchange;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

#[test]
fn a_path_with_two_readings_is_refused() {
    let site = Site::printed(Setup::default());
    for path in [
        "/a#b",
        "/#/../admin",
        "/a?b#c",
        "/a\\b",
        "/a\\..\\admin",
        "/public/../admin",
        "/./admin",
        "/admin/..",
        "/admin/.",
        "/..?a",
        "/a/.?b",
        "//admin",
        "/a//b",
        "/a/%2e%2e/admin",
        "/a/.%2E/admin",
        "/a%2f..%2fadmin",
        "/a%2F.%2fadmin",
        "/%2e",
        "/auth/%2e%2e/admin",
        "/auth/../admin",
        "/a/%00",
        "*",
        "admin",
        "http://any/../admin",
        "http://any//admin",
        "http://any#/admin",
    ] {
        let answer = site.get(path, &[]);
        assert_eq!(answer.status, 400, "{path}: {}", answer.head);
    }
    assert!(site.backend.seen().is_empty(), "{:?}", site.backend.seen());
    // What has one reading passes untouched.
    for path in
        ["/", "/a/b?c=..//d", "/a%20b", "/a..b/...", "/~x/%C3%A9", "/a;b=c/d", "/a%2fb", "/%61dmin", "/a/.well-known/x"]
    {
        assert_eq!(site.get(path, &[]).status, 200, "{path}");
        assert!(site.backend.last().head.starts_with(&format!("GET {path} HTTP/1.")), "{}", site.backend.last().head);
    }
}

/// What nginx takes for our pages goes to our pages, and they take nothing of it for theirs.
#[test]
fn a_path_is_the_application_s_or_the_pages_and_never_both() {
    let site = Site::printed(Setup::default());
    for path in ["/%61uth/login", "/auth%2flogin", "/auth/..;/admin", "/auth/%2561", "/auth/;/login"] {
        let answer = site.get(path, &[]);
        assert!(site.backend.seen().is_empty(), "{path} reached the application");
        assert_eq!(answer.status, 404, "{path}: {}", answer.head);
    }
    for path in ["/Auth/login", "/authx", "/auth.", "/x/auth/login"] {
        assert_eq!(site.get(path, &[]).text(), "application", "{path}");
    }
    assert_eq!(site.get("/auth", &[]).status, 303);
}

#[test]
fn a_path_cannot_sneak_out_of_the_pages_into_the_resolver() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    for path in [
        "/_resolver/resolve",
        "/resolve",
        "/auth/_resolver/resolve",
        "/auth/resolve",
        "/auth/%2e%2e/_resolver/resolve",
        "/auth/..%2f_resolver/resolve",
        "/auth/metrics",
        "/auth/healthz",
    ] {
        let answer = site.get(path, &[("Cookie", &cookie)]);
        assert_eq!(answer.identities(), [], "{path} tells a client who they are: {}", answer.head);
        assert!(!answer.text().contains("vestibule_"), "{path} shows metrics");
    }
}

#[test]
fn the_inner_location_cannot_be_called_from_outside() {
    let site = Site::printed(Setup::default());
    let config = vestibule_tests::nginx::printed(&site.vestibule, &site.backend.url(), site.address);
    let inner: Vec<&str> = config
        .lines()
        .filter_map(|line| line.trim().strip_prefix("auth_request "))
        .filter_map(|line| line.strip_suffix(';'))
        .filter(|path| path.starts_with('/'))
        .collect();
    assert!(!inner.is_empty(), "the printed file asks nobody:\n{config}");
    for path in inner {
        let request = format!("GET {path} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
        assert_eq!(exchange(&site.proxy(), request.as_bytes()).status, 404, "{path}");
    }
}
