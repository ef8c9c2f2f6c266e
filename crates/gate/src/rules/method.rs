//! Methods that a rule names. `GET` includes `HEAD`: an application answers both from one place.

use std::fmt;

/// Longer than any that exists.
const MAX_BYTES: usize = 32;

/// Why a text is no method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// Methods are compared byte for byte (RFC 9110 section 9.1).
    #[error("`{0}` is not a method; methods are written in capitals: write `{1}`")]
    Case(String, String),
    /// Something else.
    #[error("`{0}` is not a method; write one such as `GET`, or leave `methods` out for all of them")]
    Form(String),
}

/// One method, in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpMethod(Box<str>);

impl HttpMethod {
    /// Reads one: capitals, digits, `-` and `_`, beginning with a letter.
    ///
    /// # Errors
    /// [`MethodError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, MethodError> {
        let rest = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        let is_method = |text: &str| {
            text.len() <= MAX_BYTES
                && text.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
                && text.bytes().all(rest)
        };
        if is_method(text) {
            return Ok(Self(text.into()));
        }
        let shown: String = text.chars().take(MAX_BYTES).collect();
        let capitals = text.to_ascii_uppercase();
        Err(if is_method(&capitals) { MethodError::Case(shown, capitals) } else { MethodError::Form(shown) })
    }

    /// The method.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// It, and what it includes.
    pub(super) fn with_included(&self) -> impl Iterator<Item = &str> {
        let head = (self.as_str() == "GET").then_some("HEAD");
        std::iter::once(self.as_str()).chain(head)
    }
}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpMethod, MethodError};

    #[test]
    fn a_method_is_written_in_capitals() {
        for good in ["GET", "M-SEARCH", "VERSION-CONTROL", "X1"] {
            assert_eq!(HttpMethod::parse(good).unwrap().as_str(), good);
        }
        assert_eq!(HttpMethod::parse("get"), Err(MethodError::Case("get".to_owned(), "GET".to_owned())));
        for bad in ["", "*", "GET POST", "GET,POST", "-A", "1", "É", &"A".repeat(33)] {
            assert!(matches!(HttpMethod::parse(bad), Err(MethodError::Form(_))), "{bad:?}");
        }
    }
}
