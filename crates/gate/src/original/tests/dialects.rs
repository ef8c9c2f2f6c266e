//! Each dialect reads its own headers, each exactly once, and no others.

use super::super::{Described, Dialect, MAX_BYTES, Own, Unreadable, describe};
use super::{described, read};

const OWN: Own<'static> = Own { method: b"POST", target: b"/a/b?c" };

fn ask<'r>(dialect: Dialect, headers: &[(&'r str, &'r str)]) -> Result<Described<'r>, Unreadable> {
    describe(dialect, OWN, headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())))
}

const NGINX: [(&str, &str); 2] =
    [("X-Original-Method", "POST"), ("x-original-url", "https://app.example.com:8443/a/b?c")];
const FORWARDED: [(&str, &str); 4] = [
    ("x-forwarded-method", "POST"),
    ("X-Forwarded-Proto", "https"),
    ("X-FORWARDED-HOST", "app.example.com:8443"),
    ("X-Forwarded-Uri", "/a/b?c"),
];
const ENVOY: [(&str, &str); 2] = [("host", "app.example.com:8443"), ("x-forwarded-proto", "https")];

fn all() -> [(Dialect, Vec<(&'static str, &'static str)>); 3] {
    [(Dialect::Nginx, NGINX.to_vec()), (Dialect::Forwarded, FORWARDED.to_vec()), (Dialect::Envoy, ENVOY.to_vec())]
}

#[test]
fn every_dialect_says_the_same() {
    for (dialect, headers) in all() {
        assert_eq!(ask(dialect, &headers), Ok(described("POST", "https", "app.example.com:8443", "/a/b?c")));
    }
}

#[test]
fn a_missing_header_is_never_made_up_for() {
    for (dialect, headers) in all() {
        for at in 0..headers.len() {
            let mut fewer = headers.clone();
            let (gone, _) = fewer.remove(at);
            // Whatever else could say it: the other dialects, and the words of other proxies.
            let said = |name: &str| headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
            fewer.extend(all().into_iter().flat_map(|(_, others)| others).filter(|(name, _)| !said(name)));
            fewer.extend([("X-Forwarded-Port", "443"), ("X-Forwarded-Prefix", "/x"), ("X-Forwarded-Scheme", "https")]);
            fewer.extend([("X-Rewrite-URL", "/a"), ("X-Original-URI", "/a"), (":authority", "a")]);
            fewer.push(("Forwarded", "host=app.example.com;proto=https"));
            match ask(dialect, &fewer) {
                Err(Unreadable::Missing(name)) => assert!(name.eq_ignore_ascii_case(gone), "{name} is not {gone}"),
                other => panic!("{dialect:?} without {gone}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_repeated_header_is_refused_also_when_it_says_the_same() {
    for (dialect, headers) in all() {
        for &(name, value) in &headers {
            for again in [value, "", "evil.example"] {
                let more = [&headers[..], &[(name, again)]].concat();
                assert!(matches!(ask(dialect, &more), Err(Unreadable::Repeated(_))), "{dialect:?} {name} {again:?}");
            }
        }
    }
}

/// ATK4, H10: `X_Forwarded_Proto` reaches us from Caddy and from Envoy's gRPC.
#[test]
fn atk4_a_header_that_folds_to_a_needed_one_is_not_it() {
    for (dialect, headers) in all() {
        let expected = ask(dialect, &headers);
        for &(name, _) in &headers {
            for mark in ["_", "."] {
                let folded = name.replace('-', mark);
                if folded == name {
                    continue;
                }
                let instead: Vec<_> =
                    headers.iter().map(|&(n, v)| if n == name { (folded.as_str(), v) } else { (n, v) }).collect();
                assert!(matches!(ask(dialect, &instead), Err(Unreadable::Missing(_))), "{folded} was read");
                let beside = [&headers[..], &[(folded.as_str(), "evil")]].concat();
                assert_eq!(ask(dialect, &beside), expected, "{folded} was not ignored");
            }
        }
    }
}

/// ATK5: they stay the client's in some versions of Traefik.
#[test]
fn atk5_prefix_and_port_decide_nothing() {
    for (dialect, headers) in all() {
        let more = [&headers[..], &[("X-Forwarded-Prefix", "/public"), ("X-Forwarded-Port", "1")]].concat();
        assert_eq!(ask(dialect, &more), ask(dialect, &headers));
    }
}

#[test]
fn a_header_of_more_than_16_kib_is_refused() {
    let long = format!("https://app.example.com/?{}", "a".repeat(MAX_BYTES));
    let headers = [NGINX[0], ("X-Original-URL", long.as_str())];
    assert_eq!(ask(Dialect::Nginx, &headers), Err(Unreadable::TooLong("X-Original-URL")));
    let own = Own { method: b"GET", target: long.as_bytes() };
    let headers = ENVOY.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    assert!(matches!(describe(Dialect::Envoy, own, headers), Err(Unreadable::TooLong(_))));
}

#[test]
fn an_original_url_is_absolute() {
    let url = |url| {
        ask(Dialect::Nginx, &[NGINX[0], ("X-Original-URL", url)]).and_then(|described| {
            read(&described).map(|original| (original.host().to_owned(), original.path().to_owned()))
        })
    };
    for bad in [
        "",
        "/admin",
        "//app.example.com/admin",
        "https:/app.example.com/admin",
        "app.example.com/admin",
        "https://",
        "https://app.example.com",
        "https://app.example.com?/admin",
        "https://app.example.com#/admin",
        "https://app.example.com\\/admin",
        "https:///admin",
        "https://app.example.com@evil.example/",
        "https://app.example.com*",
        // What `$scheme://$host$request_uri` makes of a request line in absolute form.
        "https://app.example.comhttp://app.example.com/admin",
        "https,http://app.example.com/admin",
        "https://app.example.com//admin",
    ] {
        assert!(url(bad).is_err(), "{bad:?}: {:?}", url(bad));
    }
    assert_eq!(url("https://app.example.com/a?b=https://c/d"), Ok(("app.example.com".into(), "/a".into())));
}

#[test]
fn a_cause_says_what_to_do_and_repeats_nothing_of_the_client() {
    let missing = Unreadable::Missing("X-Forwarded-Uri").to_string();
    assert!(missing.contains("`X-Forwarded-Uri`"), "{missing}");
    let line = read(&described("GET", "http", "a", "/a;b")).unwrap_err().to_string();
    assert_eq!(line, "the path has `;`; `[paths]` can allow it for this host (`allow = [\";\"]`)");
}
