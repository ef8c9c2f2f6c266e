//! The verdict on a request, and the headers that say it. The only file that spells `x-authgear-`.
//!
//! Only [`crate::decide`] can make a [`Verdict`]. The list of headers is closed: nginx deletes only the names that a
//! configuration lists, so a new name would be forgeable behind every configuration that is already out there.

mod extra;
mod facts;
mod identity_headers;
mod profile;

use std::sync::Arc;

pub use extra::{ExtraHeader, ExtraHeaderError, HeaderValue};
pub use facts::{Facts, Grant, SessionKind};
pub use identity_headers::{IdentityHeaders, LONGEST_ASSERTION, LONGEST_HEAD};
pub use profile::Profile;

use crate::claims::Source;
use crate::id::{SessionId, UserId};
use crate::table::Entry;
use crate::time::{Span, Timestamp};

const DEFAULT_PREFIX: &str = "x-authgear-";

/// The names behind the prefix, in the order of the contract.
pub const SUFFIXES: [&str; 11] = [
    "session-valid",
    "user-id",
    "user-anonymous",
    "user-verified",
    "user-can-reauthenticate",
    "user-roles",
    "session-amr",
    "session-acr",
    "session-authenticated-at",
    "oauth-client-id",
    "assertion",
];

/// Why a header prefix is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a header prefix; write up to 32 of a-z, 0-9 and `-`, beginning with a letter and ending in `-`")]
pub struct HeaderPrefixError(String);

/// What stands before each header name; `x-authgear-` by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPrefix(String);

impl HeaderPrefix {
    /// Reads a prefix: lower-case letters, digits and `-`, at most 32 bytes, ending in `-`.
    ///
    /// # Errors
    /// [`HeaderPrefixError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, HeaderPrefixError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let well_formed = text.len() <= 32
            && text.ends_with('-')
            && text.bytes().all(allowed)
            && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(HeaderPrefixError(text.chars().take(64).collect())) }
    }

    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every name of the closed list, in the order of [`SUFFIXES`].
    pub fn names(&self) -> impl Iterator<Item = String> {
        SUFFIXES.iter().map(|suffix| format!("{}{suffix}", self.0))
    }
}

impl Default for HeaderPrefix {
    fn default() -> Self {
        Self(DEFAULT_PREFIX.to_owned())
    }
}

/// The parts of an answer that are the same for all, rendered once.
#[derive(Debug, Clone)]
pub struct HeaderNames {
    prefix: HeaderPrefix,
    all: Box<[Box<str>]>,
    valid: Box<[u8]>,
    invalid: Box<[u8]>,
    user_id: Box<[u8]>,
    authenticated_at: Box<[u8]>,
}

impl HeaderNames {
    /// Renders the names under a prefix.
    #[must_use]
    pub fn new(prefix: &HeaderPrefix) -> Self {
        let text = |text: &str| format!("{}{text}", prefix.0).into_bytes().into_boxed_slice();
        Self {
            prefix: prefix.clone(),
            all: prefix.names().map(String::into_boxed_str).collect(),
            valid: text("session-valid: true\r\n"),
            invalid: text("session-valid: false\r\n"),
            user_id: text("user-id: "),
            authenticated_at: text("session-authenticated-at: "),
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

/// Who a valid request comes from.
#[derive(Debug, Clone)]
pub struct Identity {
    session: Arc<Entry>,
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

#[derive(Debug, Clone)]
enum Kind {
    Anonymous,
    Invalid,
    Valid(Identity),
}

/// The answer to "who is this?". Made only by [`crate::decide`].
#[derive(Debug, Clone)]
pub struct Verdict(Kind);

impl Verdict {
    pub(crate) const fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    pub(crate) const fn invalid() -> Self {
        Self(Kind::Invalid)
    }

    pub(crate) const fn valid(identity: Identity) -> Self {
        Self(Kind::Valid(identity))
    }

    /// Who it is, when it is somebody.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        match &self.0 {
            Kind::Valid(identity) => Some(identity),
            Kind::Anonymous | Kind::Invalid => None,
        }
    }

    /// Whether the request carried no credential at all.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        matches!(self.0, Kind::Anonymous)
    }

    /// Appends the header lines, each ending in CRLF: none, one, or all that the session has.
    pub fn write_headers(&self, names: &HeaderNames, out: &mut Vec<u8>) {
        match &self.0 {
            Kind::Anonymous => {}
            Kind::Invalid => out.extend_from_slice(&names.invalid),
            Kind::Valid(Identity { session, .. }) => {
                out.extend_from_slice(&names.valid);
                out.extend_from_slice(&names.user_id);
                session.user.write(out);
                out.extend_from_slice(b"\r\n");
                out.extend_from_slice(session.fact_lines());
                out.extend_from_slice(&names.authenticated_at);
                let seconds = session.authenticated_at.unix_seconds();
                out.extend_from_slice(itoa::Buffer::new().format(seconds).as_bytes());
                out.extend_from_slice(b"\r\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Grant, HeaderPrefix, SessionKind};
    use crate::account::Roles;

    #[test]
    fn no_header_is_empty() {
        let bare = Facts {
            anonymous: false,
            verified: false,
            can_reauthenticate: true,
            roles: Roles::default(),
            amr: vec![],
            acr: None,
            grant: Grant::cookie(),
            profile: None,
        };
        let text = String::from_utf8(bare.render(&HeaderPrefix::default())).unwrap();
        assert_eq!(
            text,
            "x-authgear-user-anonymous: false\r\nx-authgear-user-verified: false\r\n\
             x-authgear-user-can-reauthenticate: true\r\n"
        );
        let full = Facts { roles: Roles::parse(["b", "a"]).unwrap(), amr: vec!["pwd", "otp"], ..bare };
        let text = String::from_utf8(full.render(&HeaderPrefix::default())).unwrap();
        assert!(text.ends_with("x-authgear-user-roles: a,b\r\nx-authgear-session-amr: pwd otp\r\n"));
        let grant = Grant { kind: SessionKind::Token, client: Some("app".into()), ..Grant::cookie() };
        let text = String::from_utf8(Facts { grant, ..full }.render(&HeaderPrefix::default())).unwrap();
        assert!(text.ends_with("x-authgear-session-amr: pwd otp\r\nx-authgear-oauth-client-id: app\r\n"));
    }

    #[test]
    fn a_prefix_cannot_break_a_header() {
        for bad in ["", "X-Auth-", "x_auth-", "x-auth", "x:-", "-x-", "x-\r\n-"] {
            assert!(HeaderPrefix::parse(bad).is_err(), "{bad:?}");
        }
        assert!(HeaderPrefix::parse("x-acme-").is_ok());
    }
}
