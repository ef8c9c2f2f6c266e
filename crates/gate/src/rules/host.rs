//! Hosts that a rule names: `app.example.com`, or `*.example.com` for every host below it. More is refused than a host
//! needs, so that a file shows what is compared.

use std::net::Ipv6Addr;

use crate::original::HostPattern;

/// The longest name that DNS has.
const MAX_BYTES: usize = 253;

/// Why a text is no host of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// It is one, written in another way.
    #[error("`{0}` is not how a host is compared; write `{1}`")]
    Write(String, String),
    /// `*` alone.
    #[error("`*` is not a host; leave `hosts` out for every host that no other rule names")]
    Everything,
    /// `*` somewhere else than as the first label.
    #[error("`{0}` has `*` in another place than the front; write a host, or `*.example.com` for all hosts below one")]
    Star(String),
    /// No host at all.
    #[error("`{0}` is not a host; write its name only, such as `app.example.com` or `*.example.com`")]
    Form(String),
}

/// Reads one.
///
/// # Errors
/// [`HostError`], in words for the operator.
pub fn read_host(text: &str) -> Result<HostPattern, HostError> {
    let shown = || text.chars().take(MAX_BYTES).collect::<String>();
    if text == "*" {
        return Err(HostError::Everything);
    }
    let (below, name) = text.strip_prefix("*.").map_or((false, text), |name| (true, name));
    if name.contains('*') {
        return Err(HostError::Star(shown()));
    }
    let write = |name: &str| format!("{}{name}", if below { "*." } else { "" });
    if let Ok(read) = HostPattern::parse(text) {
        let spelling = read.to_string();
        return if spelling == text { Ok(read) } else { Err(HostError::Write(shown(), spelling)) };
    }
    let mended = mended(name).map(|mended| write(&mended));
    match mended.and_then(|mended| HostPattern::parse(&mended).ok()) {
        Some(mended) => Err(HostError::Write(shown(), mended.to_string())),
        None => Err(HostError::Form(shown())),
    }
}

/// What was probably meant: without scheme, port and dot at the end, in lower case and in ASCII.
fn mended(name: &str) -> Option<String> {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let name = name.split('/').next().unwrap_or_default();
    if let Some((inside, _)) = name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inside.parse::<Ipv6Addr>().ok().map(|address| format!("[{address}]"));
    }
    if let Ok(address) = name.parse::<Ipv6Addr>() {
        return Some(format!("[{address}]"));
    }
    let name = name.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(name, |(host, _)| host);
    let name = name.strip_suffix('.').unwrap_or(name).to_lowercase();
    if name.is_ascii() { Some(name) } else { idna::domain_to_ascii_strict(&name).ok() }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HostError, read_host};

    #[test]
    fn a_host_has_one_spelling_and_the_message_says_which() {
        for good in
            ["a", "app.example.com", "*.example.com", "10.0.0.1", "[::1]", "a_b.example", "xn--bcher-kva.example"]
        {
            assert_eq!(read_host(good).unwrap().to_string(), good);
        }
        for (bad, write) in [
            ("App.Example.com", "app.example.com"),
            ("app.example.com:443", "app.example.com"),
            ("app.example.com.", "app.example.com"),
            ("https://app.example.com/", "app.example.com"),
            ("*.Example.com:8443", "*.example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("::1", "[::1]"),
            ("[0:0:0:0:0:0:0:1]:80", "[::1]"),
        ] {
            assert_eq!(read_host(bad), Err(HostError::Write(bad.to_owned(), write.to_owned())));
        }
        assert_eq!(read_host("*"), Err(HostError::Everything));
        for bad in ["a.*.b", "*a.example", "*.*.example", "**"] {
            assert_eq!(read_host(bad), Err(HostError::Star(bad.to_owned())), "{bad}");
        }
        for bad in ["", "*.", ".example.com", "a..b", "a b", "a,b", "user@host", "*.[::1]", &"a".repeat(64)] {
            assert_eq!(read_host(bad), Err(HostError::Form(bad.to_owned())), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_a_message_says_to_write_can_be_written(text in "(\\*\\.)?[A-Za-z0-9.:\\[\\]/é*-]{0,20}") {
            if let Err(HostError::Write(_, write)) = read_host(&text) {
                prop_assert_eq!(read_host(&write).unwrap().to_string(), write);
            }
        }
    }
}
