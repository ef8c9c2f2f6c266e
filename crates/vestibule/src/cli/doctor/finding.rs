//! What was looked at, and what came of it: what, where, do this.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Weight {
    /// As it should be.
    Fine,
    /// Works, and deserves an eye.
    Note,
    /// Something does not work, or is not safe.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Finding {
    /// How bad it is.
    pub weight: Weight,
    /// Where, such as `/etc/nginx/nginx.conf:12` or a key; empty when there is no place to go to.
    pub place: String,
    /// What was found, and what to do.
    pub text: String,
}

impl Finding {
    /// As it should be.
    pub(in crate::cli) fn fine(text: impl Into<String>) -> Self {
        Self { weight: Weight::Fine, place: String::new(), text: text.into() }
    }

    /// Works, and deserves an eye.
    pub(in crate::cli) fn note(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight: Weight::Note, place: place.into(), text: text.into() }
    }

    /// Does not work, or is not safe.
    pub(in crate::cli) fn wrong(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight: Weight::Wrong, place: place.into(), text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.weight {
            Weight::Fine => "ok   ",
            Weight::Note => "note ",
            Weight::Wrong => "WRONG",
        };
        let colon = if self.place.is_empty() { "" } else { ": " };
        write!(f, "{mark} {}{colon}{}", self.place, self.text)
    }
}
