//! Rows O34, S1, S5, S16, S17 and S20: whom an answer goes to, and who cannot read or forge it.

use vestibule_tests::http::{Response, exchange};
use vestibule_tests::oauth::{Application, CALLBACK, CHALLENGE};
use vestibule_tests::server::Vestibule;

use super::{EMAIL, portal, server, spa};

/// A page of ours for the person, and nothing that leads away.
#[track_caller]
fn stays(answer: &Response, why: &str) {
    assert_eq!(answer.status, 400, "{why}: {}", answer.head);
    assert!(answer.header("location").is_none(), "{why}: {}", answer.head);
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{why}");
}

#[test]
fn o34_a_redirect_uri_with_a_path_more_is_not_registered() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let request = portal.request().with("redirect_uri", &format!("{CALLBACK}/more"));
    stays(&portal.ask(&mut vestibule.person(), &request), "an appended path");
}

#[test]
fn s1_only_the_very_same_redirect_uri() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    for near in [
        "http://app.localhost:9999/Callback",
        "http://APP.localhost:9999/callback",
        "HTTP://app.localhost:9999/callback",
        "https://app.localhost:9999/callback",
        "http://app.localhost/callback",
        "http://app.localhost:9998/callback",
        "http://app.localhost:09999/callback",
        "http://app.localhost:9999/callback/",
        "http://app.localhost:9999//callback",
        "http://app.localhost:9999/./callback",
        "http://app.localhost:9999/x/../callback",
        "http://app.localhost:9999/%63allback",
        "http://app.localhost:9999/%2e/callback",
        "http://app.localhost:9999/callback?x=y",
        "http://app.localhost:9999/callback?",
        "http://app.localhost:9999/callback#",
        "http://app.localhost:9999/callback#x",
        "http://x@app.localhost:9999/callback",
        "http://app.localhost:9999@evil.example/callback",
        "http://app.localhost.:9999/callback",
        "http://evil.example/http://app.localhost:9999/callback",
        " http://app.localhost:9999/callback",
        "http://app.localhost:9999/callback ",
        "http:app.localhost:9999/callback",
        "//app.localhost:9999/callback",
        "/callback",
    ] {
        stays(&portal.ask(&mut ada, &portal.request().with("redirect_uri", near)), near);
    }
    assert!(portal.told(&mut ada, &portal.request()).get("code").is_some());
}

/// Even our own origin: Authgear's SDK opens its settings page by such an address, and gets no code there.
#[test]
fn s1_our_own_origin_is_no_exception() {
    let vestibule = server();
    let spa = spa(&vestibule);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    for page in ["/settings", "/settings?", "/", "/login"] {
        let request = spa.request().with("redirect_uri", &vestibule.url(page));
        stays(&spa.ask(&mut ada, &request), page);
    }
}

/// RFC 8252 section 7.3: an application on a device listens on whichever port it gets.
#[test]
fn s1_only_the_port_of_a_loopback_address_is_free() {
    let vestibule = server();
    let cli = Application::register(&vestibule, "cli", "native", &["--redirect-uri", "http://127.0.0.1/done"]);
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    for (uri, fits) in [
        ("http://127.0.0.1:49152/done", true),
        ("http://127.0.0.1/done", true),
        ("http://127.0.0.1:49152/other", false),
        ("http://127.0.0.2:49152/done", false),
        ("http://localhost:49152/done", false),
        ("http://app.localhost:1/callback", false),
    ] {
        let answer = cli.ask(&mut ada, &cli.request().with("redirect_uri", uri));
        assert_eq!(answer.status != 400, fits, "{uri}: {}", answer.head);
    }
}

#[test]
fn s5_the_issuer_is_in_every_answer_and_in_the_metadata() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let document = vestibule.person().get("/.well-known/openid-configuration").json();
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    let issuer = document["issuer"].as_str();
    let mut ada = vestibule.person();
    assert_eq!(portal.walk(&mut ada, EMAIL, &portal.request()).returned.get("iss"), issuer);
    assert_eq!(portal.told(&mut ada, &portal.request().with("scope", "x")).get("iss"), issuer);
}

#[test]
fn s16_a_parameter_that_comes_twice_is_refused() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut ada = vestibule.person();
    let request = portal.request();
    for (name, value) in request.pairs() {
        stays(&portal.ask(&mut ada, &request.clone().with_another(name, value)), name);
    }
    let code = portal.walk(&mut ada, EMAIL, &request).returned.code().to_owned();
    let answer = portal.token(&[("grant_type", "authorization_code"), ("code", &code), ("code", &code)]);
    assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_request".into()));
}

#[test]
fn s17_no_open_redirector() {
    let vestibule = server();
    let portal = portal(&vestibule);
    let mut nobody = vestibule.person();
    let request = portal.request().with("prompt", "none");
    for evil in ["https://evil.example/", "javascript:alert(1)", "data:text/html,x"] {
        stays(&portal.ask(&mut nobody, &request.clone().with("redirect_uri", evil)), evil);
    }
    for client in ["nobody", "", "<script>", "portal "] {
        stays(&portal.ask(&mut nobody, &request.clone().with("client_id", client)), client);
    }
    stays(&portal.ask(&mut nobody, &request.clone().without("client_id")), "no client");
    stays(&portal.ask(&mut nobody, &request.with("response_mode", "web_message")), "an unknown response mode");
}

#[track_caller]
fn preflight(vestibule: &Vestibule, endpoint: &str, origin: &str) -> Response {
    let head = format!(
        "OPTIONS /auth{endpoint} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nConnection: close\r\n\
         Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
    );
    exchange(&vestibule.public(), head.as_bytes())
}

#[test]
fn s20_no_page_reads_the_authorization_endpoint_and_only_our_own_use_cookies() {
    let vestibule = server();
    let _portal = portal(&vestibule);
    let cors = "access-control-allow-origin";
    let app = "http://app.localhost:9999";
    for endpoint in ["/oauth2/authorize", "/oauth2/token"] {
        assert_eq!(preflight(&vestibule, endpoint, app).header(cors), None, "{endpoint}: a server needs no CORS");
    }
    let spa = spa(&vestibule);
    assert_eq!(preflight(&vestibule, "/oauth2/authorize", app).header(cors), None);
    assert_eq!(preflight(&vestibule, "/oauth2/token", app).header(cors), Some(app));
    assert_eq!(preflight(&vestibule, "/oauth2/token", "https://evil.example").header(cors), None);
    let mut ada = vestibule.person();
    ada.headers.push(("Origin".to_owned(), app.to_owned()));
    assert_eq!(spa.ask(&mut ada, &spa.request()).header(cors), None);
}

#[test]
fn s20_the_token_endpoint_reads_forms_only() {
    let vestibule = server();
    let body = format!("{{\"grant_type\":\"refresh_token\",\"client_id\":\"spa\",\"x\":\"{CHALLENGE}\"}}");
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let head = format!(
            "POST /auth/oauth2/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = exchange(&vestibule.public(), head.as_bytes());
        assert!((400..500).contains(&answer.status), "{kind}: {}", answer.head);
        assert_eq!(answer.json()["error"], "invalid_request", "{kind}");
    }
}
