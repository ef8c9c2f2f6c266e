use proptest::prelude::*;
use url::Url;

use super::{RedirectUri, RedirectUriError};
use crate::grant::kind::ClientKind;

fn registered(text: &str, kind: ClientKind) -> RedirectUri {
    RedirectUri::register(text, kind).unwrap()
}

const URI: &str = "https://app.example.com/callback";

/// RFC 9700 section 4.1.3, and the conformance suite's `ensure-registered-redirect-uri`.
fn near_miss(presented: &str) {
    for kind in ClientKind::ALL {
        assert!(registered(URI, kind).admits(URI, kind), "{kind}");
        assert!(!registered(URI, kind).admits(presented, kind), "{kind} {presented}");
    }
}

#[test]
fn a_near_miss_by_case_is_refused() {
    near_miss("https://APP.example.com/callback");
    near_miss("HTTPS://app.example.com/callback");
    near_miss("https://app.example.com/Callback");
}

#[test]
fn a_near_miss_by_port_is_refused() {
    near_miss("https://app.example.com:443/callback");
    near_miss("https://app.example.com:8443/callback");
}

#[test]
fn a_near_miss_by_percent_encoding_is_refused() {
    near_miss("https://app.example.com/%2e/callback");
    near_miss("https://app.example.com/c%61llback");
    near_miss("https://app%2eexample.com/callback");
}

#[test]
fn a_near_miss_by_double_slash_is_refused() {
    near_miss("https://app.example.com//callback");
    near_miss("https:////app.example.com/callback");
}

#[test]
fn a_near_miss_by_user_info_is_refused() {
    near_miss("https://user@app.example.com/callback");
    near_miss("https://app.example.com@evil.example/callback");
}

#[test]
fn a_near_miss_by_extra_query_is_refused() {
    near_miss("https://app.example.com/callback?");
    near_miss("https://app.example.com/callback?a=b");
}

#[test]
fn a_near_miss_by_fragment_is_refused() {
    near_miss("https://app.example.com/callback#");
    near_miss("https://app.example.com/callback#a");
}

#[test]
fn a_near_miss_by_trailing_slash_is_refused() {
    near_miss("https://app.example.com/callback/");
}

#[test]
fn a_near_miss_by_an_appended_path_is_refused() {
    near_miss("https://app.example.com/callback/more");
    near_miss("https://app.example.com/callback/../callback");
    near_miss("https://app.example.com/callback.evil");
}

#[test]
fn a_near_miss_by_host_is_refused() {
    near_miss("https://app.example.com.evil.example/callback");
    near_miss("https://app.example.com./callback");
    near_miss("http://app.example.com/callback");
    near_miss(" https://app.example.com/callback");
    near_miss("");
}

#[test]
fn only_the_port_of_a_native_client_s_loopback_address_is_free() {
    for (own, other) in
        [("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"), ("http://[::1]:1/cb?a", "http://[::1]/cb?a")]
    {
        assert!(registered(own, ClientKind::Native).admits(other, ClientKind::Native));
        for kind in ClientKind::ALL.into_iter().filter(|&kind| kind != ClientKind::Native) {
            assert!(!registered(own, kind).admits(other, kind), "{kind}");
        }
    }
    for miss in [
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:49152/cb?a",
        "http://127.0.0.1:49152",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:1@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:1.evil.example/cb",
        "http://[::1]:49152/cb",
        "http://localhost:49152/cb",
        "https://127.0.0.1:49152/cb",
    ] {
        assert!(!registered("http://127.0.0.1/cb", ClientKind::Native).admits(miss, ClientKind::Native), "{miss}");
    }
    let below = registered("http://127.0.0.1.localhost/cb", ClientKind::Native);
    assert!(!below.admits("http://127.0.0.1:1.localhost/cb", ClientKind::Native), "a name that begins like an address");
    let named = registered("http://localhost:3000/cb", ClientKind::Native);
    assert!(!named.admits("http://localhost:3001/cb", ClientKind::Native), "a name is no address");
}

#[test]
fn what_can_be_registered_is_kept_as_it_was_written() {
    for good in [
        "https://app.example.com",
        "https://app.example.com:8443/a/b?c=d",
        "https://APP.example.com/x",
        "http://127.0.0.1/cb",
        "http://[::1]:3000/cb",
        "http://localhost:3000/cb",
        "http://app.localhost/cb",
    ] {
        for kind in ClientKind::ALL {
            assert_eq!(registered(good, kind).as_str(), good);
        }
    }
    for private in ["com.example.app:/cb", "com.example.app://host/cb", "com.example.app:///cb"] {
        assert_eq!(registered(private, ClientKind::Native).as_str(), private);
        assert_eq!(registered(private, ClientKind::Native).origin(), None);
        assert!(matches!(RedirectUri::register(private, ClientKind::Spa), Err(RedirectUriError::Scheme { .. })));
    }
    assert_eq!(
        registered("https://APP.example.com:443/x", ClientKind::Spa).origin().unwrap(),
        "https://app.example.com"
    );
    assert_eq!(registered("http://[::1]:3000/cb", ClientKind::Spa).origin().unwrap(), "http://[::1]:3000");
}

#[test]
fn a_uri_that_leads_anywhere_else_is_not_registered() {
    for bad in [
        "",
        "/callback",
        "//app.example.com/callback",
        "app.example.com/callback",
        "https:",
        "https:app.example.com",
        "https:/app.example.com",
        "https:///app.example.com",
        "https://",
        "https://?a",
        "https://app.example.com/a#",
        "https://app.example.com/#a",
        "https://user@app.example.com/",
        "https://user:pw@app.example.com/",
        "https://@app.example.com/",
        "com.example.app://user@host/",
        "http://app.example.com/",
        "http://localhost.evil.example/",
        "http://evillocalhost/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.2/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::2]/",
        "http://[::1].evil.example/",
        "https://*.example.com/",
        "https://app.example.com/*",
        "https://app.example.com/a b",
        "https://app.example.com/\t",
        "https://app.example.com/\n",
        "https://app.example.com\\@evil.example/",
        "https://app.example.com/ä",
        "https://app\u{2024}example.com/",
        "https://app.example.com:99999/",
        "https://app.example.com/?code=1",
        "https://app.example.com/?a&%73tate=1",
        "javascript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example.com/x",
        "about:blank",
        "ftp://app.example.com/",
        "myapp://callback",
        "com.example.app:callback",
        "com.example.app:",
    ] {
        for kind in ClientKind::ALL {
            assert!(RedirectUri::register(bad, kind).is_err(), "{kind} {bad:?}");
        }
    }
    let long = format!("https://app.example.com/{}", "a".repeat(1977));
    assert_eq!(RedirectUri::register(&long, ClientKind::Spa), Err(RedirectUriError::TooLong(2001)));
    assert!(RedirectUri::register(&long[..2000], ClientKind::Spa).is_ok());
}

#[test]
fn the_operator_is_told_what_to_write() {
    let told = |text, kind| RedirectUri::register(text, kind).unwrap_err().to_string();
    assert_eq!(told("myapp:/x", ClientKind::Spa), "a spa client cannot be sent to `myapp:`; write https");
    assert!(told("myapp:/x", ClientKind::Native).ends_with("`com.example.app:/callback`"));
    assert!(
        told("http://app.example.com/", ClientKind::Web).starts_with("`app.example.com` would be reached over plain")
    );
}

proptest! {
    #[test]
    fn what_is_registered_is_one_place(text in "(https?|com\\.a|javascript|data)?:?/{0,3}[a-z0-9@:.%#?&=*\\\\ \\[\\]-]{0,40}") {
        for kind in ClientKind::ALL {
            if let Ok(uri) = RedirectUri::register(&text, kind) {
                prop_assert_eq!(uri.as_str(), &text);
                let url = Url::parse(&text).unwrap();
                prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
                prop_assert!(url.scheme().contains('.') || url.host_str().is_some_and(|host| !host.is_empty()));
                prop_assert!(uri.admits(&text, kind));
            }
        }
    }

    #[test]
    fn nothing_else_is_admitted(presented in "\\PC{0,60}", port in 0_u32..70_000, tail in "[a-z/?@.:]{0,6}") {
        for kind in ClientKind::ALL {
            prop_assert!(presented == URI || !registered(URI, kind).admits(&presented, kind));
        }
        let moved = format!("http://127.0.0.1:{port}{tail}");
        let admitted = registered("http://127.0.0.1/cb", ClientKind::Native).admits(&moved, ClientKind::Native);
        prop_assert_eq!(admitted, tail == "/cb" && (1..=65_535).contains(&port));
    }
}
