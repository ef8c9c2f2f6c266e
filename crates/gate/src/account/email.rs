//! An e-mail address as a login name: shown as typed, compared in one documented normal form.
//!
//! The normal form (the *key*): surrounding white space is removed; exactly one `@`; the domain is lower-cased and
//! passes UTS #46 (IDNA), so that `MÜNCHEN.example` and `xn--mnchen-3ya.example` are one; no trailing dot, no
//! address literal; the local part is NFC and compared without regard to case. Dots and `+tags` are kept: they are
//! the provider's own business, and merging them would give one person another's account.

use std::fmt;
use std::hash::{Hash, Hasher};

use unicode_normalization::UnicodeNormalization;

/// The longest address that mail can carry (RFC 5321 section 4.5.3.1.3, less the brackets).
const MAX_BYTES: usize = 254;
/// RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL_BYTES: usize = 64;

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing but white space.
    #[error("an e-mail address is needed")]
    Empty,
    /// More than 254 bytes, or a local part of more than 64.
    #[error("an e-mail address has at most 254 bytes, 64 of them before the `@`")]
    TooLong,
    /// No `@`, or more than one (`a@evil.example@company.example` has been taken for both).
    #[error("an e-mail address has exactly one `@`")]
    OneAt,
    /// White space, control or quoting characters before the `@`.
    #[error("the part before the `@` has a character that is not allowed there")]
    Local,
    /// Not a host name, or one with a trailing dot.
    #[error("the part after the `@` is not a domain name")]
    Domain,
}

/// An e-mail address. Two are the same login when their keys are equal; `==` compares the keys.
#[derive(Clone)]
pub struct EmailAddress {
    shown: String,
    key: String,
}

impl EmailAddress {
    /// Reads an address as a person types it.
    ///
    /// # Errors
    /// [`EmailError`], in words for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let shown = text.trim();
        if shown.is_empty() {
            return Err(EmailError::Empty);
        }
        if shown.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = shown.split_once('@').ok_or(EmailError::OneAt)?;
        if domain.contains('@') {
            return Err(EmailError::OneAt);
        }
        let key = format!("{}@{}", local_key(local)?, domain_key(domain)?);
        if key.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        Ok(Self { shown: shown.to_owned(), key })
    }

    /// As the person typed it, without surrounding white space. For showing only.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The normal form, by which accounts are found and failed sign-ins are counted.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn local_key(local: &str) -> Result<String, EmailError> {
    if local.is_empty() {
        return Err(EmailError::Local);
    }
    // NFC, lower case, NFC again: lower-casing can leave a decomposed sequence behind.
    let lower: String = local.nfc().collect::<String>().to_lowercase();
    let key: String = lower.nfc().collect();
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c) || "\"(),:;<>[\\]".contains(c);
    // Of the key, so that every spelling of it is taken or none: a letter can take more bytes in lower case.
    if key.len() > MAX_LOCAL_BYTES {
        return Err(EmailError::TooLong);
    }
    // In the key too: a Greek question mark is a `;` in NFC.
    if local.chars().chain(key.chars()).any(forbidden) {
        return Err(EmailError::Local);
    }
    Ok(key)
}

/// Characters that take no space or turn the direction of a line: two addresses that look alike would differ.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn domain_key(domain: &str) -> Result<String, EmailError> {
    if domain.ends_with('.') || domain.starts_with('[') {
        return Err(EmailError::Domain);
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Domain)?;
    if ascii.is_empty() || ascii.ends_with('.') || ascii.starts_with('.') {
        return Err(EmailError::Domain);
    }
    Ok(ascii)
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({:?})", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EmailAddress, EmailError};

    fn key(text: &str) -> String {
        EmailAddress::parse(text).unwrap().key().to_owned()
    }

    #[test]
    fn one_person_has_one_key() {
        assert_eq!(key("  Ada@Example.COM "), "ada@example.com");
        assert_eq!(key("a@MÜNCHEN.example"), "a@xn--mnchen-3ya.example");
        assert_eq!(key("a@xn--mnchen-3ya.example"), "a@xn--mnchen-3ya.example");
        assert_eq!(key("E\u{301}@example.com"), key("é@example.com"));
        assert_eq!(EmailAddress::parse(" Ada@Example.COM ").unwrap().shown(), "Ada@Example.COM");
        assert_ne!(key("a.b@example.com"), key("ab@example.com"));
        assert_eq!(key("root@localhost"), "root@localhost");
    }

    #[test]
    fn an_address_with_two_readings_is_refused() {
        let cases = [
            ("", EmailError::Empty),
            ("a", EmailError::OneAt),
            ("a@evil.example@company.example", EmailError::OneAt),
            ("@example.com", EmailError::Local),
            ("a b@example.com", EmailError::Local),
            ("\"a\"@example.com", EmailError::Local),
            ("a\u{200b}@example.com", EmailError::Local),
            ("a\u{37e}@example.com", EmailError::Local),
            ("a\r\nBcc:b@example.com", EmailError::Local),
            ("a@", EmailError::Domain),
            ("a@example.com.", EmailError::Domain),
            ("a@.example.com", EmailError::Domain),
            ("a@exa mple.com", EmailError::Domain),
            ("a@[127.0.0.1]", EmailError::Domain),
            ("a@-example.com", EmailError::Domain),
            ("a@example..com", EmailError::Domain),
        ];
        for (text, expected) in cases {
            assert_eq!(EmailAddress::parse(text).unwrap_err(), expected, "{text:?}");
        }
        for long in ["a".repeat(65), format!("\u{23e}{}", "a".repeat(62))] {
            assert_eq!(EmailAddress::parse(&format!("{long}@example.com")).unwrap_err(), EmailError::TooLong, "{long}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_a_fixed_point(text in "\\PC{1,40}@[a-zA-Z0-9äöü.-]{1,30}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                let again = EmailAddress::parse(address.key()).unwrap();
                prop_assert_eq!(again.key(), address.key());
                prop_assert_eq!(address.key().matches('@').count(), 1);
                prop_assert!(!address.key().chars().any(char::is_control));
            }
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = EmailAddress::parse(&text);
        }
    }
}
