//! What a client says of itself reaches nobody.

use vestibule_tests::PREFIX;

use crate::site::Site;

const SUFFIXES: [&str; 11] = [
    "session-valid",
    "user-id",
    "user-anonymous",
    "user-verified",
    "user-can-reauthenticate",
    "user-roles",
    "session-amr",
    "session-acr",
    "session-authenticated-at",
    "oauth-client-id",
    "assertion",
];

fn spellings(suffix: &str) -> Vec<String> {
    let name = format!("{PREFIX}{suffix}");
    let half = format!("{PREFIX}{}", suffix.replace('-', "_"));
    vec![name.to_uppercase(), name.replace('-', "_"), half, name.replacen('-', "_", 1), name.replace('-', "."), name]
}

type Told = Vec<(String, String)>;

fn told(site: &Site) -> Told {
    let last = site.backend.last();
    let mut told: Told = last.identity_like().iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    told.sort();
    told
}

pub(crate) fn no_identity_header_of_a_client_arrives(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &["staff"]);
    for (path, cookie) in [("/public/a", None), ("/a", Some(("Cookie", cookie.as_str())))] {
        let own: Vec<(&str, &str)> = cookie.into_iter().collect();
        assert_eq!(site.get(path, &own).status, 200, "{}", site.story());
        let honest = told(&site);
        for name in SUFFIXES.iter().flat_map(|suffix| spellings(suffix)) {
            let nominated = format!("close, {name}");
            for forged in [
                &[(name.as_str(), "forged")][..],
                &[(&name, "forged"), (&name, "forged too")],
                &[(&name, ""), (&name, "forged")],
                &[("Connection", &nominated), (&name, "forged")],
                &[("Connection", &name), (&name, "forged"), ("Connection", "close")],
            ] {
                let (reached, answer) = site.reaches(|| site.get(path, &[&own, forged].concat()));
                if reached {
                    assert_eq!(told(&site), honest, "{forged:?}");
                    assert!(!site.backend.last().head.contains("forged"), "{forged:?}");
                } else {
                    assert!((400..500).contains(&answer.status), "{forged:?} {}", answer.head);
                }
            }
        }
    }
}

/// Some configurations clean up where they ask, and nowhere else.
pub(crate) fn no_identity_header_arrives_with_another_method(site: Site) {
    for method in ["OPTIONS", "POST", "PUT", "DELETE", "PROPFIND"] {
        for name in SUFFIXES.map(|suffix| format!("{PREFIX}{suffix}")) {
            let forged = [(name.as_str(), "forged"), ("Content-Length", "0")];
            let (reached, answer) = site.reaches(|| site.ask(&format!("{method} /public/a"), &forged, b""));
            let seen = if reached { site.backend.last().head } else { String::new() };
            assert!(!seen.contains("forged"), "{method} {seen}");
            assert!(reached || (400..500).contains(&answer.status), "{method} {}", answer.head);
            let (reached, answer) = site.reaches(|| site.ask(&format!("{method} /a"), &forged, b""));
            assert!(!reached && answer.status == 401, "{method} {}", answer.head);
        }
    }
}

pub(crate) fn no_header_that_describes_another_request_counts(site: Site) {
    for forged in [
        &[("X-Forwarded-Uri", "/public/a")][..],
        &[("X-Original-URL", "http://localhost/public/a")],
        &[("X-Rewrite-URL", "/public/a")],
        &[("X-Envoy-Original-Path", "/public/a")],
        &[("X-Forwarded-Method", "OPTIONS")],
        &[("X-HTTP-Method-Override", "OPTIONS")],
        &[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "public.example.com")],
        &[("X-Envoy-Auth-Headers-To-Remove", "cookie")],
        &[("X-Forwarded-For", "127.0.0.1")],
    ] {
        let (reached, answer) = site.reaches(|| site.get("/a", forged));
        assert!(!reached && answer.status == 401, "{forged:?} {}", answer.head);
        // Nor does the application hear of it.
        assert_eq!(site.get("/public/a", forged).status, 200, "{forged:?} {}", site.story());
        let seen = site.backend.last();
        let values: Vec<&str> = forged.iter().flat_map(|(name, _)| seen.all(name)).collect();
        assert!(
            !values
                .iter()
                .any(|value| forged.iter().any(|(name, forged)| value == forged && *name != "X-Forwarded-For")),
            "{}",
            seen.head
        );
    }
}

pub(crate) fn a_host_is_one_and_a_credential_is_whole(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let signed_in = ("Cookie", cookie.as_str());
    for lines in [
        &[signed_in, ("Host", "localhost"), ("Host", "evil.example")][..],
        &[signed_in, ("Host", "evil.example")],
        &[signed_in, ("Host", "localhost@evil.example")],
        &[("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
    ] {
        let (reached, answer) = site.reaches(|| site.get("/a", lines));
        assert!(!reached && (400..500).contains(&answer.status), "{lines:?} {}", answer.head);
    }
    // A session that somebody tossed beside the true one makes neither count.
    let bob = site.cookie_of("bob@example.com", &[]);
    for lines in [&[("Cookie", format!("{cookie}; {bob}"))][..], &[("Cookie", cookie.clone()), ("Cookie", bob)]] {
        let lines: Vec<(&str, &str)> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (reached, answer) = site.reaches(|| site.get("/a", &lines));
        assert!(!reached && answer.status == 401, "{lines:?} {}", answer.head);
    }
}

pub(crate) fn only_a_websocket_may_upgrade(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let lines = [
        ("Cookie", cookie.as_str()),
        ("Connection", "Upgrade, HTTP2-Settings, close"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
    ];
    let (reached, answer) = site.reaches(|| site.get("/a", &lines));
    assert_ne!(answer.status, 101);
    if reached {
        let seen = site.backend.last();
        assert!(seen.all("upgrade").is_empty() && seen.all("http2-settings").is_empty(), "{}", seen.head);
    }
}
