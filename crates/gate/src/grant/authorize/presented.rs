//! Secrets and tokens that come inside of an authorization request, kept from printing themselves with it.

use std::fmt;

/// A secret or token that a client presented. Prints as its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented(Box<str>);

impl Presented {
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text: for the look-up or the verification that it is handed to, and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented")
    }
}
