//! A display name: what pages call a person. It proves nothing and decides nothing.

use unicode_normalization::UnicodeNormalization;

/// Characters, not bytes: enough for any name that a page can show on two lines.
const MAX_CHARS: usize = 100;

/// Why a text is not a display name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// More than 100 characters.
    #[error("a name has at most 100 characters")]
    TooLong,
    /// A line break or another control character.
    #[error("a name has no line breaks or control characters")]
    Control,
}

/// A display name in NFC, trimmed, at most 100 characters, without control characters. May be empty: "not given".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads a name as a person types it.
    ///
    /// # Errors
    /// [`NameError`], in words for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name: String = text.trim().nfc().collect();
        if name.chars().count() > MAX_CHARS {
            return Err(NameError::TooLong);
        }
        // Direction marks could make a page show another text than it holds.
        let control = |c: char| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if name.chars().any(control) { Err(NameError::Control) } else { Ok(Self(name)) }
    }

    /// The name; empty when none was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{DisplayName, NameError};

    #[test]
    fn a_name_cannot_break_a_line() {
        assert_eq!(DisplayName::parse(" Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(DisplayName::parse("").unwrap().as_str(), "");
        assert_eq!(DisplayName::parse("a\r\nX-Evil: 1").unwrap_err(), NameError::Control);
        assert_eq!(DisplayName::parse("a\u{202e}b").unwrap_err(), NameError::Control);
        assert_eq!(DisplayName::parse(&"ä".repeat(101)).unwrap_err(), NameError::TooLong);
        assert!(DisplayName::parse(&"ä".repeat(100)).is_ok());
    }
}
