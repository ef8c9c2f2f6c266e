//! Hosts that a rule names: `app.example.com`, or `*.example.com` for every host below it.

use std::fmt;
use std::net::Ipv6Addr;

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

/// One host, or all below one. In lower case, without port and without a dot at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPattern {
    /// Without the `*.`.
    name: Box<str>,
    below: bool,
}

impl HostPattern {
    /// Reads one.
    ///
    /// # Errors
    /// [`HostError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let shown = || text.chars().take(MAX_BYTES).collect::<String>();
        if text == "*" {
            return Err(HostError::Everything);
        }
        let (below, name) = text.strip_prefix("*.").map_or((false, text), |name| (true, name));
        if name.contains('*') {
            return Err(HostError::Star(shown()));
        }
        let is_host = |name: &str| is_name(name) || (!below && is_ipv6(name));
        if is_host(name) {
            return Ok(Self { name: name.into(), below });
        }
        match mended(name).filter(|mended| is_host(mended)) {
            Some(mended) => Err(HostError::Write(shown(), format!("{}{mended}", if below { "*." } else { "" }))),
            None => Err(HostError::Form(shown())),
        }
    }

    /// The host, or the one that the hosts are below.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it stands for every host below [`HostPattern::name`], and not for that itself.
    #[must_use]
    pub const fn is_wildcard(&self) -> bool {
        self.below
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.name)
    }
}

/// Letters, digits, `-` and `_` in labels of 1 to 63, in lower case; an IPv4 address is of this form.
fn is_name(name: &str) -> bool {
    let of_label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(of_label);
    name.len() <= MAX_BYTES && name.split('.').all(is_label)
}

/// In brackets, and in the one form that RFC 5952 has for an address.
fn is_ipv6(name: &str) -> bool {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| inside.parse::<Ipv6Addr>().is_ok_and(|address| address.to_string() == inside))
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

    use super::{HostError, HostPattern};

    #[test]
    fn a_host_has_one_spelling_and_the_message_says_which() {
        for good in ["a", "app.example.com", "*.example.com", "10.0.0.1", "[::1]", "a_b.example", "xn--bcher-kva.example"] {
            assert_eq!(HostPattern::parse(good).unwrap().to_string(), good);
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
            assert_eq!(HostPattern::parse(bad), Err(HostError::Write(bad.to_owned(), write.to_owned())));
        }
        assert_eq!(HostPattern::parse("*"), Err(HostError::Everything));
        for bad in ["a.*.b", "*a.example", "*.*.example", "**"] {
            assert_eq!(HostPattern::parse(bad), Err(HostError::Star(bad.to_owned())), "{bad}");
        }
        for bad in ["", "*.", ".example.com", "a..b", "a b", "a,b", "user@host", "*.[::1]", &"a".repeat(64)] {
            assert_eq!(HostPattern::parse(bad), Err(HostError::Form(bad.to_owned())), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_a_message_says_to_write_can_be_written(text in "(\\*\\.)?[A-Za-z0-9.:\\[\\]/é*-]{0,20}") {
            if let Err(HostError::Write(_, write)) = HostPattern::parse(&text) {
                prop_assert_eq!(HostPattern::parse(&write).unwrap().to_string(), write);
            }
        }
    }
}
