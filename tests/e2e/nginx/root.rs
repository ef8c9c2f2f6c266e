//! What clients ask for at the origin's root although `public_url` has a path; and answers with a long head.

use vestibule_tests::nginx::Site;
use vestibule_tests::person::{Person, encoded};
use vestibule_tests::server::Setup;

const ORIGIN: &str = "http://app.localhost:9999";

fn site(setup: Setup) -> Site {
    let site = Site::printed(setup);
    site.vestibule.add_client("spa", "spa", &[&format!("{ORIGIN}/callback")], &[]);
    site
}

#[test]
fn what_the_sdk_looks_for_at_the_root_reaches_us_with_its_preflight() {
    for path in ["/auth", "/settings"] {
        let site = site(Setup::default().path(path));
        for page in [
            "/oauth2/app_session_token",
            "/oauth2/challenge",
            "/api/anonymous_user/signup",
            "/api/anonymous_user/promotion_code",
        ] {
            let asks = [("Origin", ORIGIN), ("Access-Control-Request-Method", "POST")];
            let answer = site.request(
                "OPTIONS",
                page,
                &[&asks[..], &[("Access-Control-Request-Headers", "content-type")]].concat(),
                "",
            );
            assert_eq!(answer.status, 200, "{path} {page}: {}", answer.head);
            for (name, value) in [
                ("access-control-allow-origin", ORIGIN),
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", "content-type"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path} {page}: {}", answer.head);
            }
            let json = [("Origin", ORIGIN), ("Content-Type", "application/json")];
            let answer = site.request("POST", page, &json, "{}");
            assert!(answer.text().starts_with("{\"error\":{"), "{path} {page}: {}{}", answer.head, answer.text());
            assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        }
        let metadata = site.get(&format!("/.well-known/oauth-authorization-server{path}"), &[]);
        assert!(metadata.text().contains(&format!("\"issuer\":\"{}\"", site.vestibule.url(""))), "{}", metadata.text());
        assert!(site.backend.seen().is_empty(), "{path}: the application was asked");
    }
}

#[test]
fn settings_at_the_root_lead_to_ours() {
    let site = site(Setup::default());
    for path in ["/settings", "/settings?", "/settings?ui_locales=de"] {
        let answer = site.get(path, &[]);
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some(&*site.vestibule.url("/settings"))),
            "{path}"
        );
    }
    for path in
        ["/settings/", "/settings/password", "/oauth2/authorize", "/api/", "/.well-known/oauth-authorization-server"]
    {
        assert_eq!(site.get(path, &[]).text(), "application", "{path}");
    }
    assert_eq!(site.get("/api/anonymous_user/..%2f", &[]).status, 400);
    assert_eq!(site.get("/api/anonymous_user/sign%3Fup", &[]).status, 404);
}

/// The request with its state goes to the sign-in page and back, encoded once more each time.
#[test]
fn a_long_state_comes_through_the_proxy() {
    for (path, own_host) in [("/auth", false), ("", true)] {
        let site = if own_host {
            let address = vestibule_tests::port::free();
            let setup = Setup::default().path(path).origin(&format!("http://localhost:{}", address.port()));
            let site = Site::with(setup, address, |vestibule, app| {
                let listen = address.to_string();
                vestibule_tests::nginx::printed_with(
                    vestibule,
                    &["--app", app, "--listen", &listen, "--server-name", "app.localhost"],
                )
            });
            site.vestibule.add_client("spa", "spa", &[&format!("{ORIGIN}/callback")], &[]);
            site
        } else {
            site(Setup::default().path(path))
        };
        site.vestibule.add_user("ada@example.com", &[]);
        let state = "{\"~é".repeat(400);
        assert_eq!(state.len(), 2000);
        let request = format!(
            "/oauth2/authorize?client_id=spa&redirect_uri={}&response_type=code&scope=openid&state={}\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            encoded(&format!("{ORIGIN}/callback")),
            encoded(&state)
        );
        let mut ada = Person::new(site.proxy(), &site.vestibule.origin(), path);
        let answer = ada.get(&request);
        assert_eq!(answer.status, 303, "{}", site.nginx.errors());
        let login = answer.header("location").expect("to the sign-in page").to_owned();
        assert!(login.len() > 8000, "not long enough to prove anything: {}", login.len());
        assert_eq!(ada.get_path(&login).status, 200, "{}", site.nginx.errors());
        let back = site.vestibule.url(&request);
        let fields =
            [("email", "ada@example.com"), ("password", vestibule_tests::server::PASSWORD), ("return_to", &back)];
        let answer = ada.post("/login", &fields);
        assert_eq!(answer.status, 303, "{}{}", answer.head, site.nginx.errors());
        let back = answer.header("location").expect("back to the request").to_owned();
        let answer = ada.get_path(back.strip_prefix(&site.vestibule.origin()).expect("ours"));
        let there = answer.header("location").unwrap_or_else(|| panic!("{}{}", answer.head, answer.text()));
        assert!(there.starts_with(&format!("{ORIGIN}/callback?code=vbc_")), "{there}");
        assert!(
            there.contains(&format!("state={}", encoded(&state))) || there.contains("state=%7B%22%7E%C3%A9"),
            "{there}"
        );
    }
}
