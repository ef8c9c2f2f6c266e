//! The configuration that is printed once there are rules: what of a refusal reaches the client, and that what is not a
//! refusal of ours is left alone. What holds for every proxy is in `tests/proxies`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::thread;

use vestibule_tests::PREFIX;
use vestibule_tests::http::Response;
use vestibule_tests::nginx::{Site, printed, printed_with};
use vestibule_tests::oauth::Application;
use vestibule_tests::port;
use vestibule_tests::server::Setup;

use super::existing::{self, Existing};

const NAVIGATES: [(&str, &str); 2] = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
const FETCHES: [(&str, &str); 1] = [("Sec-Fetch-Mode", "cors")];
const SECRET: &str = "0123456789abcdef0123456789abcdef";

const RULES: &str = "
[[rules]]
name = \"public\"
paths = [\"/public/**\"]
allow = \"anyone\"
[[rules]]
paths = [\"/vault/**\"]
allow = { amr = [\"mfa\"], max_age = \"300s\" }
[[rules]]
paths = [\"/orders/**\"]
allow = { scopes = [\"orders\"] }
[[rules]]
allow = \"any user\"
";

fn site() -> Site {
    Site::printed(Setup::default().config(RULES))
}

fn challenges(answer: &Response) -> Vec<&str> {
    answer.all("www-authenticate").collect()
}

#[test]
fn a_challenge_is_said_once_and_only_a_page_is_redirected() {
    let site = site();
    for headers in [&FETCHES[..], &[("Accept", "image/avif,*/*")], &[("X-Requested-With", "XMLHttpRequest")], &[]] {
        let answer = site.get("/a", headers);
        assert_eq!((answer.status, challenges(&answer)), (401, vec!["Bearer"]), "{headers:?} {}", answer.head);
        assert_eq!(answer.header("location"), None);
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = site.request(method, "/a", &NAVIGATES, "a=b");
        assert_eq!((answer.status, challenges(&answer)), (401, vec!["Bearer"]), "{method} {}", answer.head);
    }
    let page = site.get("/a?b=c&d", &NAVIGATES);
    let origin = format!("http%3A%2F%2Flocalhost%3A{}", site.address.port());
    let to = format!("{}?return_to={origin}%2Fa%3Fb%3Dc%26d", site.vestibule.url("/login"));
    assert_eq!((page.status, page.header("location")), (302, Some(to.as_str())), "{}", page.head);
    assert_eq!((page.header("cache-control"), challenges(&page)), (Some("no-store"), vec!["Bearer"]));
    let invalid = site.get("/a", &[("Authorization", "Bearer nobody")]);
    assert_eq!((invalid.status, challenges(&invalid)), (401, vec!["Bearer error=\"invalid_token\""]));
    assert_eq!(site.backend.seen().len(), 0);
}

#[test]
fn a_step_up_and_a_missing_scope_are_told_in_full() {
    let site = site();
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    let signed_in = ("Cookie", cookie.as_str());
    let api = site.get("/vault/x", &[signed_in, FETCHES[0]]);
    let stronger = "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa\", max_age=\"300\"";
    assert_eq!((api.status, challenges(&api)), (401, vec![stronger]), "{}", api.head);
    let page = site.get("/vault/x", &[signed_in, NAVIGATES[0]]);
    let to = page.header("location").expect("a page goes to sign in");
    assert!(page.status == 302 && to.ends_with("%2Fvault%2Fx&max_age=300&amr=mfa"), "{}", page.head);

    let spa = Application::register(&site.vestibule, "spa", "spa", &[]);
    let tokens = spa.sign_in(&mut site.vestibule.person(), "ada@example.com", &spa.request());
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let short = site.get("/orders/7", &[("Authorization", &bearer)]);
    let lacking = "Bearer error=\"insufficient_scope\", scope=\"orders\"";
    assert_eq!((short.status, challenges(&short)), (403, vec![lacking]), "{}", short.head);
    let other = site.get("/orders/7", &[signed_in]);
    assert_eq!(other.status, 403, "{}", other.head);
    assert_eq!(site.backend.seen().len(), 0);
}

#[test]
fn nobody_makes_one_method_another_or_hands_the_trace_s_secret_on() {
    let trace = format!("[resolver]\ntrace_secret = \"{SECRET}\"\n{RULES}");
    let site = Site::printed(Setup::default().config(&trace));
    let overrides =
        [("X-HTTP-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE"), ("X-Method-Override", "DELETE")];
    let asked = [&overrides[..], &[("X-Vestibule-Trace", SECRET)]].concat();
    let answer = site.get("/public/a", &asked);
    assert_eq!(answer.status, 200, "{}", answer.head);
    let seen = site.backend.last().head;
    assert!(!seen.contains("DELETE") && !seen.contains(SECRET) && !seen.to_lowercase().contains("trace"), "{seen}");
    // Whoever knows the secret is told why, once, however it came out.
    for (path, headers, status) in
        [("/public/a", &[][..], 200), ("/a", &FETCHES, 401), ("/a", &NAVIGATES, 302), ("/public/;/a", &[], 403)]
    {
        let answer = site.get(path, &[headers, &[("X-Vestibule-Trace", SECRET)]].concat());
        assert_eq!(answer.status, status, "{}", answer.head);
        assert_eq!(answer.all("x-vestibule-trace").count(), 1, "{}", answer.head);
        let untold = site.get(path, headers);
        assert_eq!((untold.status, untold.header("x-vestibule-trace")), (status, None));
    }
}

/// A 401 of the application's own, such as that of an API with passwords of its own.
#[test]
fn what_the_application_refuses_is_its_own_word() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let app = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(
                b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"app\"\r\nContent-Length: 3\r\n\r\nno!",
            );
        }
    });
    let address = port::free();
    let setup = Setup::default().origin(&format!("http://localhost:{}", address.port())).config(RULES);
    let site = Site::with(setup, address, |vestibule, _| printed(vestibule, &app, address));
    let answer = site.get("/public/a", &NAVIGATES);
    assert_eq!((answer.status, challenges(&answer)), (401, vec!["Basic realm=\"app\""]), "{}", answer.head);
    assert_eq!(answer.text(), "no!");
}

/// The truth can change between the two questions.
#[test]
fn a_second_answer_that_is_a_yes_tells_the_browser_nothing() {
    let mut site = site();
    site.vestibule.kill();
    let socket = site.vestibule.folder().join("resolver.sock");
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).expect("our own folder");
    // nginx's workers are another user when the tests run as root.
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o777)).expect("our own socket");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 8192];
            let length = stream.read(&mut head).unwrap_or(0);
            let status = if head[..length].starts_with(b"GET /_resolver/forward/nginx ") { "200 OK" } else { "401 No" };
            let lines = format!("{PREFIX}user-id: ada\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0");
            let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{lines}\r\n\r\n").as_bytes());
        }
    });
    let answer = site.get("/a", &NAVIGATES);
    assert_eq!((answer.status, answer.identities(), answer.text().as_str()), (200, vec![], ""), "{}", answer.head);
    assert_eq!(site.backend.seen().len(), 0);
}

#[test]
fn every_location_of_a_site_with_the_snippet_is_asked_about() {
    for shared in [true, false] {
        let server = "location /old/ { proxy_pass http://127.0.0.1:9; } location /files/ { root /nowhere; }\n\
                      location /basic/ { auth_basic x; auth_basic_user_file /dev/null; proxy_pass http://127.0.0.1:9; }\n\
                      error_page 404 /missing.html;";
        let around = Existing { server: server.to_owned(), ..Existing::default() };
        let site = existing::site(Setup::default().config(RULES), shared, &around);
        let host = existing::host(&site);
        for path in ["/", "/api/x", "/old/x", "/files/x", "/missing.html"] {
            assert_eq!(site.get_of(&host, path, &FETCHES).status, 401, "{path}");
            assert_eq!(site.get_of(&host, path, &NAVIGATES).status, 302, "{path}");
        }
        assert_eq!(site.get_of(&host, "/public/a", &[]).status, 200, "{}", site.nginx.errors());
        // What nginx refuses by itself has its own challenge, and is nothing that our sign-in could mend.
        site.vestibule.add_user("ada@example.com", &[]);
        let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
        let answer = site.get_of(&host, "/basic/x", &[("Cookie", &cookie), NAVIGATES[0]]);
        assert_eq!((answer.status, challenges(&answer)), (401, vec!["Basic realm=\"x\""]), "{}", answer.head);
        assert_eq!(site.get_of(&host, "/api/x", &[("Cookie", &cookie)]).status, 200);
    }
}

/// The paths that a password manager or an SDK asks for at the root are ours, and need nobody.
#[test]
fn our_own_pages_need_nobody() {
    let site = site();
    assert_eq!(site.get("/auth/login", &[]).status, 200);
    assert_eq!(site.get("/auth", &[]).status, site.get("/auth/", &[]).status);
    assert_eq!(site.get("/.well-known/change-password", &[]).status, 302);
    assert_eq!(site.get("/.well-known/oauth-authorization-server/auth", &[]).status, 200);
    for inner in ["/_vestibule", "/_resolver/check/nginx"] {
        assert!([401, 404].contains(&site.get(inner, &[]).status), "{inner}");
    }
    assert_eq!(site.backend.seen().len(), 0);
}

#[test]
fn whoever_asks_for_resolve_gets_it_though_there_are_rules() {
    let address = port::free();
    let setup = Setup::default().origin(&format!("http://localhost:{}", address.port())).config(RULES);
    let site = Site::with(setup, address, |vestibule, app| {
        printed_with(vestibule, &["--ask", "resolve", "--app", app, "--listen", &address.to_string()])
    });
    assert!(site.config.contains("BEWARE"));
    assert_eq!(site.get("/orders/7", &[]).status, 200);
    let file = site.vestibule.folder().join("nginx.conf");
    fs::write(&file, &site.config).expect("our own folder");
    let said = site.vestibule.cli(&["doctor", "--nginx", file.to_str().expect("UTF-8")]);
    assert!(said.out.contains("nobody in this file asks for them"), "{}", said.out);
}
