//! What an nginx that is there already does around the snippet must not reach into it: a cache that keeps everything, an
//! error page that says yes, a first server that reads names otherwise.

use vestibule_tests::http::exchange;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

use super::existing::{self, Existing};

/// A cache that keeps whatever it gets, as sites have it before an application that is slow.
const CACHE: &str = "proxy_cache_path FOLDER/their-cache keys_zone=theirs:1m; proxy_cache theirs; proxy_cache_valid any 10m;\n\
                     proxy_ignore_headers Cache-Control Expires Set-Cookie; proxy_cache_use_stale error timeout http_503;";
/// A maintenance page that is served with 200.
const ERRORS: &str = "proxy_intercept_errors on; error_page 500 502 503 504 =200 /sorry.html;\n\
                      location = /sorry.html { return 200 sorry; }";

fn users(site: &Site) -> [String; 2] {
    ["ada@example.com", "bob@example.com"].map(|email| {
        site.vestibule.add_user(email, &[]);
        site.vestibule.create_session(email)
    })
}

fn user_seen(site: &Site, cookie: &str, path: &str) -> Option<String> {
    let before = site.backend.seen().len();
    let answer = site.get_of(&existing::host(site), path, &[("Cookie", cookie)]);
    assert_eq!(answer.status, 200, "{}\n{}", answer.head, site.nginx.errors());
    assert!(site.backend.seen().len() > before, "their cache answered for the application");
    site.backend.last().identity("user-id").map(str::to_owned)
}

#[test]
fn a_cache_around_the_snippet_keeps_nobody_s_identity() {
    for config in ["", "[resolver]\ncache_for = \"10m\""] {
        for (http, server) in [(CACHE, ""), ("", CACHE)] {
            // A path for a cache stands in http only.
            let (path, rest) = CACHE.split_once("; ").expect("two directives");
            let server = if server.is_empty() { String::new() } else { rest.to_owned() };
            let http = if http.is_empty() { format!("{path};") } else { http.to_owned() };
            let existing = Existing { http, server, ..Existing::default() };
            let site = existing::site(Setup::default().config(config), true, &existing);
            let [ada, bob] = users(&site);
            // A path each, or their cache would answer for the application.
            let ada = user_seen(&site, &format!("session={ada}"), "/a").expect("ada is signed in");
            let bob = user_seen(&site, &format!("session={bob}"), "/b").expect("bob is signed in");
            assert_ne!(ada, bob, "bob is ada");
            assert_eq!(user_seen(&site, "theme=dark", "/c"), None, "a stranger is somebody");
        }
    }
}

#[test]
fn the_pages_are_not_kept_by_a_cache_around_them() {
    for shared in [true, false] {
        let existing = Existing { http: CACHE.to_owned(), ..Existing::default() };
        let site = existing::site(Setup::default(), shared, &existing);
        site.vestibule.add_user("ada@example.com", &["--name", "Ada Lovelace"]);
        let mut ada = existing::person(&site, shared);
        ada.sign_in("ada@example.com");
        assert!(ada.get("/settings").text().contains("Ada Lovelace"));
        let mut stranger = existing::person(&site, shared);
        let seen = stranger.get("/settings");
        assert!(seen.status != 200 && !seen.text().contains("Ada Lovelace"), "{}", seen.head);
    }
}

#[test]
fn an_error_page_around_the_snippet_lets_nobody_in() {
    let existing = Existing { server: ERRORS.to_owned(), ..Existing::default() };
    let mut site = existing::site(Setup::default(), true, &existing);
    let [ada, _] = users(&site);
    assert!(user_seen(&site, &format!("session={ada}"), "/").is_some());
    let reached = site.backend.seen().len();
    site.vestibule.kill();
    let host = existing::host(&site);
    for headers in [&[("Cookie", ada.as_str())][..], &[]] {
        // The client may see their page; the application must not see the client.
        site.get_of(&host, "/", headers);
        assert_eq!(site.backend.seen().len(), reached, "the application was reached while nobody could be asked");
    }
}

#[test]
fn a_body_or_a_method_of_theirs_changes_no_question() {
    let server = "proxy_method POST; proxy_set_body $arg_body; proxy_store FOLDER/store;".to_owned();
    let site = existing::site(Setup::default(), true, &Existing { server, ..Existing::default() });
    let [ada, bob] = users(&site);
    for (cookie, path) in [(&ada, "/?body=GET%20/"), (&bob, "/x"), (&ada, "/y")] {
        let answer = site.get_of(&existing::host(&site), path, &[("Cookie", &format!("session={cookie}"))]);
        assert_eq!(answer.status, 200, "{}", site.nginx.errors());
        assert!(site.backend.last().identity("user-id").is_some(), "{}", site.nginx.errors());
    }
}

/// Not a promise but a limit that the snippet's comment names and `doctor` finds: nginx reads the lines before `Host` as
/// the first server of the address says.
#[test]
fn a_first_server_that_takes_underscores_is_found_by_doctor() {
    let neighbour = "server { listen LISTEN default_server; underscores_in_headers on; return 404; }".to_owned();
    let site = existing::site(Setup::default(), true, &Existing { neighbour, ..Existing::default() });
    let host = existing::host(&site);
    let late = format!("GET / HTTP/1.1\r\nX_Authgear_User_Roles: admin\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(&site.proxy(), late.as_bytes()).status, 200);
    assert!(site.backend.last().head.contains("X_Authgear_User_Roles"), "nginx has learnt: mend the comment");
    let early = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX_Authgear_User_Roles: admin\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(&site.proxy(), early.as_bytes()).status, 200);
    assert_eq!(site.backend.last().identity_like(), []);
}
