//! A password as typed, in NFC: the same word from two keyboards is the same bytes (RFC 8265 section 4.2).
//! Length is checked here; whether it is a good one is the ledger's question (strength), and only hashes are kept.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Bytes of UTF-8 after normalisation.
const MIN_BYTES: usize = 8;
/// Bytes of UTF-8. Nothing is ever cut off; more is refused, so that hashing costs the same for all.
const MAX_BYTES: usize = 1024;

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 8 bytes.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than 1,024 bytes.
    #[error("a password has at most 1,024 bytes")]
    TooLong,
}

/// A password in the clear, for as long as a request takes. Prints as its name; compared only by its hash.
#[derive(Clone)]
pub struct Password(Box<str>);

impl Password {
    /// Takes a new password: NFC, 8 to 1,024 bytes, any Unicode, spaces kept.
    ///
    /// # Errors
    /// [`PasswordError`], in words for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        let password = Self::attempt(text).ok_or(PasswordError::TooLong)?;
        if password.0.len() < MIN_BYTES { Err(PasswordError::TooShort) } else { Ok(password) }
    }

    /// Takes a password that somebody offers for an existing account: no lower limit, since an imported one may be
    /// shorter. `None` when it is too long to have been accepted anywhere.
    #[must_use]
    pub fn attempt(text: &str) -> Option<Self> {
        // Normalisation can shrink a text by more than half; 4 KiB bounds the work before it.
        if text.len() > 4 * MAX_BYTES {
            return None;
        }
        let normal: String = text.nfc().collect();
        (normal.len() <= MAX_BYTES).then(|| Self(normal.into_boxed_str()))
    }

    /// The characters, for hashing and strength estimation only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

#[cfg(test)]
mod tests {
    use super::{Password, PasswordError};

    #[test]
    fn any_unicode_of_eight_bytes_and_nothing_is_cut_off() {
        assert_eq!(Password::parse("short").unwrap_err(), PasswordError::TooShort);
        assert_eq!(Password::parse(&"a".repeat(1025)).unwrap_err(), PasswordError::TooLong);
        assert!(Password::parse(&"a".repeat(1024)).is_ok());
        assert!(Password::attempt("x").is_some());
        assert_eq!(Password::parse("pa\u{308}ssword ").unwrap().expose(), "pässword ");
        assert!(Password::attempt(&"a".repeat(5000)).is_none());
    }

    #[test]
    fn a_password_prints_as_its_name() {
        assert_eq!(format!("{:?}", Password::parse("correct horse").unwrap()), "Password");
    }
}
