//! The names of the headers, rendered once for all answers.

use super::{HeaderPrefix, IdentityHeaders};

/// The parts of an answer that are the same for all, rendered once.
#[derive(Debug, Clone)]
pub struct HeaderNames {
    prefix: HeaderPrefix,
    all: Box<[Box<str>]>,
    pub(super) valid: Box<[u8]>,
    pub(super) invalid: Box<[u8]>,
    pub(super) user_id: Box<[u8]>,
    pub(super) authenticated_at: Box<[u8]>,
    pub(super) assertion: Box<[u8]>,
}

impl HeaderNames {
    /// Renders the names.
    #[must_use]
    pub fn new(headers: &IdentityHeaders) -> Self {
        let prefix = headers.prefix();
        let text = |text: &str| format!("{}{text}", prefix.as_str()).into_bytes().into_boxed_slice();
        Self {
            prefix: prefix.clone(),
            all: headers.names().map(|name| name.to_ascii_lowercase().into_boxed_str()).collect(),
            valid: text("session-valid: true\r\n"),
            invalid: text("session-valid: false\r\n"),
            user_id: text("user-id: "),
            authenticated_at: text("session-authenticated-at: "),
            assertion: text("assertion: "),
        }
    }

    /// Every name that an answer may carry, in lower case.
    #[must_use]
    pub const fn all(&self) -> &[Box<str>] {
        &self.all
    }

    /// The prefix they were rendered with.
    #[must_use]
    pub const fn prefix(&self) -> &HeaderPrefix {
        &self.prefix
    }
}
