//! Every shape of what `vestibule proxy-config nginx` prints goes through `nginx -t` and serves: somebody signs in and
//! the application knows them.

use std::fs;
use std::net::{Ipv6Addr, TcpListener};

use vestibule_tests::http::{Address, exchange};
use vestibule_tests::nginx::{Nginx, Site, printed_with};
use vestibule_tests::person::Person;
use vestibule_tests::port;
use vestibule_tests::server::Setup;

use super::existing::{self, Existing};

const HOSTS: &str = "[session]\ncookie_domain = \"example.test\"\n";

/// Pages at auth.example.test, the application at app.example.test.
fn two_hosts(more: &str) -> Site {
    let address = port::free();
    let setup = Setup::default().origin(&format!("http://auth.example.test:{}", address.port())).path("");
    Site::with(setup.config(HOSTS).config(more), address, |vestibule, app| {
        let listen = address.to_string();
        printed_with(vestibule, &["--app", app, "--listen", &listen, "--server-name", "App.Example.test"])
    })
}

fn app_of(site: &Site) -> String {
    format!("app.example.test:{}", site.address.port())
}

#[test]
fn pages_on_a_host_of_their_own() {
    let site = two_hosts("");
    site.vestibule.add_user("ada@example.com", &[]);
    let mut ada = Person::new(site.proxy(), &site.vestibule.origin(), "");
    assert_eq!(ada.get("/login").status, 200, "{}", site.nginx.errors());
    ada.sign_in("ada@example.com");
    assert!(site.backend.seen().is_empty(), "the pages' host is not the application's");
    let cookie = format!("session={}", ada.session());
    site.get_of(&app_of(&site), "/", &[("Cookie", &cookie)]);
    let seen = site.backend.last();
    assert_eq!(seen.identity("session-valid"), Some("true"), "{}", site.nginx.errors());
    assert_eq!(seen.all("host"), [app_of(&site)]);
    assert!(!seen.head.contains(&ada.session()), "{}", seen.head);
}

#[test]
fn a_host_that_nobody_named_is_refused() {
    let site = two_hosts("");
    for host in ["evil.test", "example.test", "app.example.test.evil.test", "127.0.0.1"] {
        assert_eq!(site.get_of(host, "/", &[]).status, 421, "{host}");
    }
    let absolute = "GET http://evil.test/ HTTP/1.1\r\nHost: app.example.test\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(&site.proxy(), absolute.as_bytes()).status, 421);
    assert!(site.backend.seen().is_empty());
    // A cookie line of 20,000 bytes is read before nginx knows the host, and the host may come last.
    let late = format!(
        "GET / HTTP/1.1\r\nCookie: a={}\r\nHost: app.example.test\r\nConnection: close\r\n\r\n",
        "y".repeat(20_000)
    );
    assert_eq!(exchange(&site.proxy(), late.as_bytes()).status, 200, "{}", site.nginx.errors());
}

#[test]
fn a_snippet_goes_into_an_nginx_that_is_there() {
    for shared in [true, false] {
        let site = existing::site(Setup::default(), shared, &Existing::default());
        site.vestibule.add_user("ada@example.com", &["--role", "admin"]);
        let mut ada = existing::person(&site, shared);
        ada.sign_in("ada@example.com");
        let cookie = format!("session={}", ada.session());
        let host = existing::host(&site);
        site.get_of(&host, "/", &[("Cookie", &cookie), ("x-authgear-user-roles", "forged")]);
        assert_eq!(site.backend.last().identity("user-roles"), Some("admin"), "{}", site.nginx.errors());
        // Its other locations stay as they are, and are not open to what a client says of itself.
        site.get_of(&host, "/api/x", &[("Cookie", &cookie), ("x-authgear-user-roles", "forged")]);
        let seen = site.backend.last();
        assert!(seen.head.starts_with("GET /api/x ") && seen.identity_like().is_empty(), "{}", seen.head);
        assert!(!seen.head.contains(&ada.session()), "{}", seen.head);
        assert_eq!(ada.post("/logout", &[]).status, 303);
        site.get_of(&host, "/", &[("Cookie", &cookie)]);
        assert_eq!(site.backend.last().identity("session-valid"), Some("false"));
    }
}

#[test]
fn the_parts_of_a_snippet_are_what_the_whole_snippet_holds() {
    let vestibule = Setup::default().prepare();
    let both = printed_with(&vestibule, &["--snippet"]);
    let body = |part: &str| {
        let text = printed_with(&vestibule, &[&format!("--snippet={part}")]);
        text.split_once("\n# ---- ").expect("a heading").1.to_owned()
    };
    let (http, server) = (body("http"), body("server"));
    assert!(http.starts_with("1. ") && !http.contains("\nlocation "), "{http}");
    assert!(server.starts_with("2. ") && !server.contains("\nupstream "), "{server}");
    assert!(both.contains(&http) && both.ends_with(&server));
}

#[test]
fn without_an_application_there_is_a_placeholder_to_be_edited() {
    let address = port::free();
    let listen = address.to_string();
    let site = Site::with(Setup::default().origin(&format!("http://{address}")), address, |vestibule, _| {
        let printed = printed_with(vestibule, &["--listen", &listen]);
        assert!(printed.lines().any(|line| line.contains("vestibule_app") && line.contains("# EDIT")), "{printed}");
        printed
    });
    assert_eq!(site.get("/", &[]).status, 502, "nobody is there");
    assert_eq!(site.person().get("/login").status, 200);
}

#[test]
fn it_listens_where_it_is_told_to() {
    let mut listens = vec![port::free().port().to_string(), port::free().to_string()];
    listens.push(format!("localhost:{}", port::free().port()));
    listens.push(format!("*:{}", port::free().port()));
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        listens.push(format!("[::1]:{}", port::free().port()));
        listens.push(format!("[::]:{}", port::free().port()));
    }
    let plain = port::free();
    let options: Vec<String> = listens.iter().flat_map(|listen| ["--listen".to_owned(), listen.clone()]).collect();
    let site = Site::with(Setup::default().origin(&format!("http://{plain}")), plain, |vestibule, app| {
        let socket = format!("unix:{}", vestibule.folder().join("nginx.sock").display());
        let plain = plain.to_string();
        let mut all = vec!["--app", app, "--listen", &plain, "--listen", &socket];
        all.extend(options.iter().map(String::as_str));
        printed_with(vestibule, &all)
    });
    let mut doors = vec![Address::Unix(site.vestibule.folder().join("nginx.sock"))];
    for listen in &listens {
        let port = listen.rsplit(':').next().expect("a port");
        let host = if listen.starts_with('[') { "[::1]" } else { "127.0.0.1" };
        doors.push(Address::Tcp(format!("{host}:{port}").parse().expect("an address")));
    }
    for door in doors {
        let answer = exchange(&door, b"GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
        assert_eq!(answer.status, 200, "{door}");
    }
}

#[test]
fn it_keeps_answers_only_where_that_is_safe() {
    let site = two_hosts("[resolver]\ncache_for = \"10m\"\n");
    let host = app_of(&site);
    site.vestibule.add_user("ada@example.com", &[]);
    let secret = site.vestibule.create_session("ada@example.com");
    let user = |cookie: &str| {
        assert_eq!(site.get_of(&host, "/", &[("Cookie", cookie)]).status, 200, "{}", site.nginx.errors());
        site.backend.last().identity("user-id").map(str::to_owned)
    };
    assert!(user(&format!("session={secret}")).is_some());
    for tossed in ["session=", "Session=known; session=", "x=a,session=known; session=", "\tsession="] {
        user(&format!("{tossed}{secret}"));
        for known in ["session=known", "session=", "a=b"] {
            assert_eq!(user(known), None, "after {tossed}, {known} is somebody");
        }
    }
    site.vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(user(&format!("session={secret}")).is_some(), "nothing was kept: nothing is tested");
    assert!(user(&format!("a=b,c; session={secret}")).is_some(), "the same key");
    assert_eq!(user(&format!("Session=known; session={secret}")), None, "another key: asked anew");
}

#[test]
fn long_names_fit_nginx_s_tables() {
    let long = format!("https://{}.example.com", ["abcdefghijklmnopqrstuvwxyz0123456789"; 4].join("."));
    let config = "[headers]\nprefix = \"x-abcdefghijklmnopqrstuvwxyzabc-\"\n[session]\ncookie_prefix = \"abcdefghijklmnopqrstuvwxyzabcdef\"\n";
    let vestibule = Setup::default().origin(&long).path("").config(config).prepare();
    let listen = port::free().to_string();
    let whole = printed_with(&vestibule, &["--listen", &listen, "--server-name", &format!("app{}", &long[8..])]);
    let said = Nginx::check(&whole).expect_code(0);
    assert!(!said.err.contains("[warn]"), "{}", said.err);
    let folder = vestibule.folder();
    fs::write(folder.join("http"), printed_with(&vestibule, &["--snippet=http", "--listen", &listen])).expect("ours");
    fs::write(folder.join("server"), printed_with(&vestibule, &["--snippet=server"])).expect("ours");
    let (http, server) = (folder.join("http"), folder.join("server"));
    let around = format!(
        "events {{}}\nhttp {{\nserver_names_hash_bucket_size 512; include {}; server {{ listen {listen}; server_name a; include {}; }} }}",
        http.display(),
        server.display()
    );
    Nginx::check(&around).expect_code(0);
}
