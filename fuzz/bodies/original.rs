//! What a proxy says was asked: whatever is read has one host and one path, which a browser's reader of URLs finds, too.

use url::{Host, Url};
use vestibule_gate::original::{
    Dialect, HostPattern, Line, Original, Own, PathPolicies, PathPolicy, describe, navigates, path,
};

/// Lines of `name: value`, of which nginx's are read.
pub(crate) fn nginx(bytes: &[u8]) {
    described(Dialect::Nginx, bytes);
}

/// Lines of `name: value`, of which those of Caddy, Traefik and HAProxy are read.
pub(crate) fn forwarded(bytes: &[u8]) {
    described(Dialect::Forwarded, bytes);
}

/// The method and the path on the first line, then lines of `name: value`.
pub(crate) fn envoy(bytes: &[u8]) {
    described(Dialect::Envoy, bytes);
}

/// A path, read strictly and with everything relaxed that can be.
pub(crate) fn canonical(bytes: &[u8]) {
    let strict = path::canonical(bytes, PathPolicy::default());
    if let Ok(form) = &strict {
        let again = path::canonical(form.as_bytes(), PathPolicy::default());
        assert_eq!(again.as_deref(), Ok(&**form), "a form of its own");
        assert!(
            form.starts_with('/') && form.bytes().all(|b| b.is_ascii_graphic()) && !form.contains([';', '\\', '#'])
        );
        assert!(!form.contains("//") && !form.split('/').any(|segment| segment == "." || segment == ".."));
        let decoded: Vec<u8> = decode(form.as_bytes());
        assert_eq!(decoded, decode(bytes), "something else was read");
        assert_eq!(decoded, decode(&decoded), "decoding twice gives another path");
    }
    let everything = PathPolicy::default().allowing(Line::ALL);
    let relaxed = path::canonical(bytes, everything);
    if let Ok(form) = strict {
        assert_eq!(relaxed, Ok(form), "a relaxation changes what was accepted before");
    }
}

fn described(dialect: Dialect, bytes: &[u8]) {
    let mut lines = bytes.split(|&b| b == b'\n');
    let first = if dialect == Dialect::Envoy { lines.next().unwrap_or_default() } else { b"GET /" };
    let space = first.iter().position(|&b| b == b' ').unwrap_or(first.len());
    let own = Own { method: &first[..space], target: first.get(space + 1..).unwrap_or_default() };
    let headers: Vec<(&[u8], &[u8])> = lines
        .filter_map(|line| line.iter().position(|&b| b == b':').map(|at| (&line[..at], line[at + 1..].trim_ascii())))
        .collect();
    _ = navigates(own.method, headers.iter().copied());
    let Ok(described) = describe(dialect, own, headers.iter().copied()) else { return };
    for (name, value) in [("method", described.method), ("host", described.host), ("path", described.target)] {
        let there = |text: &[u8]| value.is_empty() || text.windows(value.len()).any(|window| window == value);
        assert!(there(first) || headers.iter().any(|(_, value)| there(value)), "a {name} that nobody sent");
    }
    if let Ok(original) = Original::read(&described, &PathPolicies::default()) {
        assert_eq!(original.other_readings().count(), 0);
        found_by_a_browser(&original);
    }
}

fn found_by_a_browser(original: &Original<'_>) {
    assert!(!original.method().is_empty() && !original.method().bytes().any(|b| b.is_ascii_lowercase()));
    let host = HostPattern::parse(original.host()).expect("a host that a rule can name");
    assert_eq!(host.to_string(), original.host(), "another spelling of the host");
    // It does not take every name: `xn--` may be followed by nonsense.
    let Ok(url) = Url::parse(&original.url()) else { return };
    let same = match url.host().expect("http has a host") {
        Host::Ipv6(address) => original.host() == format!("[{address}]"),
        name => original.host() == name.to_string(),
    };
    assert!(same && url.port() == original.port(), "{url} is not {}", original.url());
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    assert_eq!(decode(url.path().as_bytes()), decode(original.path().as_bytes()), "{url} has another path");
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|two| byte == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let octet = digits.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        decoded.push(octet.unwrap_or(byte));
        rest = if octet.is_some() { &behind[2..] } else { behind };
    }
    decoded
}
