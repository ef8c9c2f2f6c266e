//! Authentication methods that a rule asks for (RFC 8176), from the list that this product can give.

use std::fmt;

/// What a session's `amr` can hold, besides words of our own that begin with `x_`.
const KNOWN: [&str; 5] = ["pwd", "otp", "sms", "hwk", "mfa"];

const MAX_BYTES: usize = 32;

/// Why a text is no authentication method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is an authentication method that no sign-in gives, so nobody would be let in; write `pwd`, `otp`, `sms`, `hwk`, \
     `mfa` or one that begins with `x_`"
)]
pub struct AmrError(String);

/// One authentication method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amr(Box<str>);

impl Amr {
    /// Reads one.
    ///
    /// # Errors
    /// [`AmrError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, AmrError> {
        let of_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let own = text.strip_prefix("x_").is_some_and(|word| !word.is_empty() && word.bytes().all(of_word));
        if KNOWN.contains(&text) || (own && text.len() <= MAX_BYTES) {
            Ok(Self(text.into()))
        } else {
            Err(AmrError(text.chars().take(MAX_BYTES).collect()))
        }
    }

    /// The value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Amr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Amr;

    #[test]
    fn a_method_that_nobody_can_use_is_refused() {
        for good in ["pwd", "otp", "sms", "hwk", "mfa", "x_card"] {
            assert_eq!(Amr::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "MFA", "fpt", "x_", "x_A", "x_a b", &format!("x_{}", "a".repeat(31))] {
            assert!(Amr::parse(bad).is_err(), "{bad}");
        }
    }
}
