//! The host that was asked for, in one spelling: one name in lower case or one address, without a trailing dot, and
//! without the port that the scheme has anyway (ATK22, ATK24). Rules look at the name, whatever the port is.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::scheme::Scheme;
use super::unreadable::Unreadable;

/// The longest name that the domain name system has.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// A host and the port that is not its scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host<'r> {
    name: Cow<'r, str>,
    port: Option<u16>,
}

impl<'r> Host<'r> {
    /// Reads `name[:port]`, `address[:port]` or `[address][:port]`.
    ///
    /// # Errors
    /// When it is not one host that every program reads alike.
    pub fn read(text: &'r [u8], scheme: Scheme) -> Result<Self, Unreadable> {
        if text.contains(&b',') {
            return Err(Unreadable::HostList);
        }
        if text.contains(&b'@') {
            return Err(Unreadable::UserInfo);
        }
        let (bare, port) = split(text)?;
        let port = port.map(number).transpose()?.filter(|&port| port != scheme.port());
        Ok(Self { name: name(bare)?, port })
    }

    /// The name or the address: lower case, no trailing dot, no port; an IPv6 address in brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port, if it is not the scheme's own.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}

fn split(text: &[u8]) -> Result<(&[u8], Option<&[u8]>), Unreadable> {
    let end = match text.first() {
        None => return Err(Unreadable::NoHost),
        Some(b'[') => text.iter().position(|&b| b == b']').ok_or(Unreadable::HostName)? + 1,
        Some(_) => text.iter().position(|&b| b == b':').unwrap_or(text.len()),
    };
    match text[end..].split_first() {
        None => Ok((text, None)),
        Some((b':', port)) => Ok((&text[..end], Some(port))),
        Some(_) => Err(Unreadable::HostName),
    }
}

fn number(digits: &[u8]) -> Result<u16, Unreadable> {
    let text = std::str::from_utf8(digits).map_err(|_| Unreadable::Port)?;
    // `parse` would take a sign, and zeros in front are another spelling.
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().map_err(|_| Unreadable::Port) } else { Err(Unreadable::Port) }
}

/// A name or address without port, in its one spelling.
pub(super) fn name(bare: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = std::str::from_utf8(bare).map_err(|_| Unreadable::HostName)?;
    if let Some(inner) = text.strip_prefix('[') {
        let address = inner.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok());
        let address = format!("[{}]", address.ok_or(Unreadable::HostName)?);
        return Ok(if address == text { Cow::Borrowed(text) } else { Cow::Owned(address) });
    }
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() {
        return Err(Unreadable::NoHost);
    }
    let is_name = text.len() <= MAX_NAME && text.split('.').all(is_label);
    if !is_name || ends_in_a_number(text) && text.parse::<Ipv4Addr>().is_err() {
        return Err(Unreadable::HostName);
    }
    let is_lower = !text.bytes().any(|b| b.is_ascii_uppercase());
    Ok(if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_ascii_lowercase()) })
}

/// Whether a name in its one spelling is an address.
pub(super) fn is_address(name: &str) -> bool {
    name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok()
}

fn is_label(label: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(allowed)
}

/// The URL standard reads such a host as an IPv4 address: `127.1`, `0x7f000001`, `2130706433`.
fn ends_in_a_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let digits = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    last.bytes().all(|b| b.is_ascii_digit()) || digits.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}
