//! Somebody: what a valid credential stands for, as memory has it.

use std::sync::Arc;

use super::{Facts, Grant};
use crate::claims::Source;
use crate::id::{SessionId, UserId};
use crate::table::Entry;
use crate::time::{Span, Timestamp};

/// Who a valid request comes from.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(super) session: Arc<Entry>,
    source: Source,
    ends: Timestamp,
}

impl Identity {
    pub(crate) const fn new(session: Arc<Entry>, source: Source, ends: Timestamp) -> Self {
        Self { session, source, ends }
    }

    /// The user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.session.user
    }

    /// The session that the credential belongs to.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session.id
    }

    /// Whether the user is a guest.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.session.facts().anonymous
    }

    /// When the user last really authenticated; [`Timestamp::NEVER`] for a session that an operator made.
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        self.session.authenticated_at
    }

    /// What is known of the user and the session besides.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.session.facts()
    }

    /// What the credential was given for.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.session.facts().grant
    }

    /// The end that nothing moves: of the session, or of the credential if that comes first.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.session.expires_at
    }

    /// An assertion about this session for an audience, if one was signed lately and nothing has changed since.
    #[must_use]
    pub fn assertion(&self, audience: &str, now: Timestamp) -> Option<Arc<str>> {
        self.session.assertion(audience, now)
    }

    /// Remembers an assertion, to be given from one time until another; nothing without [`IdentityHeaders::assertion`].
    pub fn keep_assertion(&self, audience: &str, text: Arc<str>, from: Timestamp, until: Timestamp) {
        self.session.keep_assertion(audience, text, from, until);
    }

    /// Which credential won.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// How long the credential still lives if nobody uses it and nobody ends it.
    #[must_use]
    pub const fn remaining(&self, now: Timestamp) -> Span {
        self.ends.since(now)
    }
}
