//! One host in one spelling, and the most specific entry for it.

use super::super::{HostPattern, HostTable, Scheme, Unreadable};
use super::{described, read};

fn host(scheme: &str, text: &str) -> Result<(String, Option<u16>), Unreadable> {
    read(&described("GET", scheme, text, "/")).map(|original| (original.host().to_owned(), original.port()))
}

#[test]
fn every_spelling_of_a_host_is_one_host() {
    for (scheme, text, name, port) in [
        ("https", "app.example.com", "app.example.com", None),
        ("https", "APP.Example.COM", "app.example.com", None),
        ("https", "app.example.com.", "app.example.com", None),
        ("https", "App.example.com.:443", "app.example.com", None),
        ("https", "app.example.com:8443", "app.example.com", Some(8443)),
        ("https", "app.example.com:80", "app.example.com", Some(80)),
        ("http", "app.example.com:80", "app.example.com", None),
        ("http", "app.example.com:443", "app.example.com", Some(443)),
        ("wss", "app.example.com:443", "app.example.com", None),
        ("ws", "app.example.com:80", "app.example.com", None),
        ("http", "localhost", "localhost", None),
        ("http", "my_service", "my_service", None),
        ("http", "xn--mnchen-3ya.example", "xn--mnchen-3ya.example", None),
        ("http", "192.0.2.1:8080", "192.0.2.1", Some(8080)),
        ("http", "[::1]", "[::1]", None),
        ("http", "[2001:DB8:0:0::1]:80", "[2001:db8::1]", None),
    ] {
        assert_eq!(host(scheme, text), Ok((name.to_owned(), port)), "{scheme} {text}");
    }
}

#[test]
fn what_is_not_one_host_is_unreadable() {
    let long = format!("{}.example", "a".repeat(64));
    for (text, why) in [
        ("", Unreadable::NoHost),
        (".", Unreadable::NoHost),
        (":80", Unreadable::NoHost),
        ("app.example.com,evil.example", Unreadable::HostList),
        ("app.example.com, app.example.com", Unreadable::HostList),
        ("user@app.example.com", Unreadable::UserInfo),
        ("user:pw@app.example.com", Unreadable::UserInfo),
        ("app.example.com:", Unreadable::Port),
        ("app.example.com:0", Unreadable::Port),
        ("app.example.com:080", Unreadable::Port),
        ("app.example.com:+80", Unreadable::Port),
        ("app.example.com:65536", Unreadable::Port),
        ("app.example.com:80:80", Unreadable::Port),
        ("app.example.com:http", Unreadable::Port),
        ("::1", Unreadable::Port),
        ("2001:db8::1", Unreadable::Port),
        ("app..example.com", Unreadable::HostName),
        (".example.com", Unreadable::HostName),
        ("app.example.com..", Unreadable::HostName),
        ("app.example.com/x", Unreadable::HostName),
        ("app.example.com\\x", Unreadable::HostName),
        ("app.example.com?x", Unreadable::HostName),
        ("app.example.com#x", Unreadable::HostName),
        ("app example.com", Unreadable::HostName),
        (" app.example.com", Unreadable::HostName),
        ("app.example.com\t", Unreadable::HostName),
        ("app.ex\u{e4}mple.com", Unreadable::HostName),
        ("app%2eexample.com", Unreadable::HostName),
        ("*.example.com", Unreadable::HostName),
        ("127.1", Unreadable::HostName),
        ("2130706433", Unreadable::HostName),
        ("0x7f000001", Unreadable::HostName),
        ("127.0.0.0x1", Unreadable::HostName),
        ("127.0.0.01", Unreadable::HostName),
        ("256.0.0.1", Unreadable::HostName),
        ("[::1", Unreadable::HostName),
        ("[::1]x", Unreadable::HostName),
        ("[fe80::1%25eth0]", Unreadable::HostName),
        ("[127.0.0.1]", Unreadable::HostName),
        ("[]", Unreadable::HostName),
        (&long, Unreadable::HostName),
    ] {
        assert_eq!(host("https", text), Err(why), "{text:?}");
    }
}

fn pattern(text: &str) -> HostPattern {
    HostPattern::parse(text).unwrap()
}

#[test]
fn the_most_specific_host_is_found() {
    let mut table = HostTable::default();
    for text in ["app.example.com", "*.example.com", "*.apps.example.com", "[::1]", "192.0.2.1"] {
        assert_eq!(table.insert(pattern(text), text), None);
    }
    for (host, found) in [
        ("app.example.com", Some("app.example.com")),
        ("b.example.com", Some("*.example.com")),
        ("a.b.example.com", Some("*.example.com")),
        ("x.app.example.com", Some("*.example.com")),
        ("a.apps.example.com", Some("*.apps.example.com")),
        ("a.b.apps.example.com", Some("*.apps.example.com")),
        ("apps.example.com", Some("*.example.com")),
        ("example.com", None),
        ("notexample.com", None),
        ("app.example.com.evil.example", None),
        ("[::1]", Some("[::1]")),
        ("192.0.2.1", Some("192.0.2.1")),
    ] {
        assert_eq!(table.find(host).copied(), found, "{host}");
    }
    assert_eq!(table.insert(pattern("APP.example.com."), "again"), Some("app.example.com"));
}

#[test]
fn a_suffix_admits_what_is_below_it_and_nothing_else() {
    let below = pattern("*.Example.com");
    assert!(below.admits("a.example.com") && below.admits("a.b.example.com"));
    assert!(!below.admits("example.com") && !below.admits("aexample.com") && !below.admits(".example.com"));
    assert!(pattern("example.com").admits("example.com") && !pattern("example.com").admits("a.example.com"));
    assert_eq!(below.to_string(), "*.example.com");
}

#[test]
fn a_host_in_the_configuration_is_a_host_and_nothing_more() {
    for bad in [
        "",
        "*",
        "*.",
        "*.*.example.com",
        "a.*.example.com",
        "*example.com",
        "https://app.example.com",
        "app.example.com:443",
        "app.example.com/x",
        "m\u{fc}nchen.example",
        "*.192.0.2.1",
        "*.[::1]",
        "127.1",
    ] {
        assert!(HostPattern::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_scheme_is_http_or_https_byte_for_byte() {
    assert_eq!(Scheme::read(b"http"), Ok(Scheme::Http));
    assert_eq!(Scheme::read(b"https"), Ok(Scheme::Https));
    assert_eq!(Scheme::read(b"wss"), Ok(Scheme::Https));
    for other in ["", "HTTPS", "https,http", "https, https", "ftp", "http ", "on", "h2c"] {
        assert_eq!(Scheme::read(other.as_bytes()), Err(Unreadable::Scheme), "{other:?}");
    }
}
