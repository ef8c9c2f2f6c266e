//! What the door says, and to whom.

use bytes::Bytes;
use vestibule::proxies::TrustedProxies;
use vestibule::resolver::Policy;
use vestibule::resolver::envoy::messages as envoy;
use vestibule_gate::network::Network;
use vestibule_ledger::{UserRef, changes};

use super::caller::{Caller, Said, http, joined, raw};
use crate::house::{House, USER};

const HTTPS: (&str, &str) = ("x-forwarded-proto", "https");

fn asks(more: &[(&str, &str)]) -> envoy::CheckRequest {
    joined("GET", "app.example.com", "/a?b=c&d=%2F", &[&[HTTPS], more].concat())
}

fn session(house: &House) -> String {
    format!("session={}", house.secret)
}

fn denied(status: u16, more: &[(&str, &str)]) -> Said {
    let headers = [&[("cache-control", "no-store")], more].concat();
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Said { status, headers, removed: Vec::new(), told: Vec::new() }
}

#[tokio::test]
async fn who_may_pass_passes_with_each_identity_header_set_or_removed() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let cookie = session(&house);
    let lines = [HTTPS, ("cookie", &cookie), ("x-authgear-user-id", "forged")];
    for message in
        [joined("GET", "app.example.com", "/a?b", &lines), raw("POST", "APP.example.com.:443", "/a?b", &lines)]
    {
        let said = caller.check(&message).await;
        assert_eq!((said.status, said.header("x-authgear-user-id")), (200, Some(USER)), "{said:?}");
        assert_eq!(said.header("x-authgear-user-roles"), Some("staff"));
        let removed = ["session-amr", "session-acr", "oauth-client-id", "assertion"];
        assert_eq!(said.removed, removed.map(|name| format!("x-authgear-{name}")), "never one that is set");
        let set = ["session-authenticated-at", "session-valid", "user-anonymous", "user-can-reauthenticate"];
        let set = set.iter().chain(&["user-id", "user-roles", "user-verified"]);
        let set: Vec<String> = set.map(|name| format!("x-authgear-{name}")).collect();
        assert_eq!(said.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), set);
    }
    // On the very next request.
    changes::disable_user(&house.ledger, &UserRef::parse(USER).unwrap()).await.unwrap();
    assert_eq!(caller.check(&asks(&[("cookie", &cookie)])).await, denied(401, &[("www-authenticate", "Bearer")]));
}

#[tokio::test]
async fn a_browser_is_sent_to_sign_in_and_a_program_is_told() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let login = "/login?return_to=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d%3D%252F";
    let said = caller.check(&asks(&[("sec-fetch-mode", "navigate")])).await;
    assert_eq!(said, denied(302, &[("location", login)]));
    let program = denied(401, &[("www-authenticate", "Bearer")]);
    for more in [&[("sec-fetch-mode", "cors")][..], &[("sec-fetch-mode", "navigate"), ("upgrade", "websocket")], &[]] {
        assert_eq!(caller.check(&asks(more)).await, program, "{more:?}");
    }
    let said = caller.check(&asks(&[("authorization", "Bearer forged")])).await;
    assert_eq!(said, denied(401, &[("www-authenticate", "Bearer error=\"invalid_token\"")]));
    // Envoy joins two lines of one name: two tokens are none.
    let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
    assert_eq!(caller.check(&asks(&twice)).await.status, 401);
}

#[tokio::test]
async fn nobody_is_believed_who_is_not_trusted() {
    let house = House::open().await;
    let cookie = session(&house);
    let message = asks(&[("cookie", &cookie)]);
    let caller = Caller::tcp(&house).await;
    assert_eq!(caller.check(&message).await, denied(403, &[]));
    let proxies = TrustedProxies::new(vec![Network::parse("127.0.0.1").unwrap()]);
    house.service.resolver().set_policy(Policy { proxies, ..Policy::default() });
    assert_eq!(caller.check(&message).await.status, 200);
}

/// What is done to a good description.
type Change = fn(&mut envoy::HttpRequest);

#[tokio::test]
async fn what_cannot_be_read_is_denied_and_nothing_is_fallen_back_to() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let cookie = session(&house);
    let good = asks(&[("cookie", &cookie)]);
    let unreadable = denied(400, &[]);
    let changes: [(&str, Change); 15] = [
        ("no method", |http| http.method = Bytes::new()),
        ("a method in lower case", |http| http.method = Bytes::from_static(b"get")),
        ("no host", |http| http.host = Bytes::new()),
        ("two hosts", |http| http.host = Bytes::from_static(b"app.example.com,evil.example")),
        ("a host of its own among the headers", |http| push(http, "host", "app.example.com")),
        ("no path", |http| http.path = Bytes::new()),
        ("a path up", |http| http.path = Bytes::from_static(b"/a/../b")),
        ("bytes that are no text", |http| http.path = Bytes::from_static(b"/\xff")),
        ("a query beside the path", |http| http.query = Bytes::from_static(b"x")),
        ("a fragment", |http| http.fragment = Bytes::from_static(b"x")),
        ("no scheme", |http| http.headers.retain(|entry| entry.key != "x-forwarded-proto")),
        ("two schemes", |http| http.headers[0].value = Bytes::from_static(b"https,http")),
        ("a key twice", |http| push(http, "cookie", "a=b")),
        ("a name in another case", |http| push(http, "X-Forwarded-Proto", "http")),
        ("two forms", |http| http.header_map = Some(envoy::HeaderMap::default())),
    ];
    assert_eq!(caller.check(&good).await.status, 200);
    for (what, change) in changes {
        let mut message = good.clone();
        change(http(&mut message));
        assert_eq!(caller.check(&message).await, unreadable, "{what}");
    }
    let mut message = raw("GET", "app.example.com", "/", &[HTTPS]);
    http(&mut message).header_map.as_mut().unwrap().headers[0].value = Bytes::from_static(b"http");
    assert_eq!(caller.check(&message).await, unreadable, "two values");
    assert_eq!(caller.check(&envoy::CheckRequest::default()).await, unreadable, "nothing");
    let many: Vec<String> = (0..300).map(|number| format!("x-{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "y")).collect();
    assert_eq!(caller.check(&asks(&many)).await, denied(431, &[]));
}

fn push(http: &mut envoy::HttpRequest, key: &'static str, value: &'static str) {
    let (key, value) = (Bytes::from_static(key.as_bytes()), Bytes::from_static(value.as_bytes()));
    http.headers.push(envoy::HeaderEntry { key, value });
}

#[tokio::test]
async fn bytes_that_are_no_text_are_no_secret() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    let mut message = asks(&[("cookie", &session(&house))]);
    let cookie = http(&mut message).headers.iter_mut().find(|entry| entry.key == "cookie").unwrap();
    cookie.value = [&cookie.value[..], b"\xff"].concat().into();
    assert_eq!(caller.check(&message).await.status, 401);
}

#[tokio::test]
async fn a_store_that_fails_lets_nobody_pass() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    house.ledger.close().await;
    let cookie = session(&house);
    assert_eq!(caller.check(&asks(&[("cookie", &cookie)])).await, denied(503, &[]));
}

#[tokio::test]
async fn calls_are_counted_with_the_others() {
    let house = House::open().await;
    let caller = Caller::unix(&house).await;
    caller.check(&asks(&[("cookie", &session(&house))])).await;
    caller.check(&asks(&[])).await;
    let mut counted = String::new();
    house.service.resolves().render(&mut counted);
    for line in ["{outcome=\"valid\"} 1\n", "{outcome=\"denied\"} 1\n", "vestibule_resolve_seconds_count 2\n"] {
        assert!(counted.contains(line), "{line} in {counted}");
    }
}
