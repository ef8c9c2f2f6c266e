//! The method, byte for byte: a token (RFC 9110 section 5.6.2) without lower-case letters.
//!
//! Methods are case-sensitive, and yet Django and Werkzeug write them in upper case before they look: for them `get` is
//! `GET`, for a rule it would be another. No registered method has a lower-case letter.

use super::unreadable::Unreadable;

/// The longest registered one, `UPDATEREDIRECTREF`, has 17.
const MAX_BYTES: usize = 32;

pub(super) fn read(text: &[u8]) -> Result<&str, Unreadable> {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
    if !(1..=MAX_BYTES).contains(&text.len()) || !text.iter().all(|&b| allowed(b)) {
        return Err(Unreadable::Method);
    }
    std::str::from_utf8(text).map_err(|_| Unreadable::Method)
}
