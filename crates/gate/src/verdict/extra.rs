//! Headers under other names, for applications that expect them (`[headers.extra]`): which names may be given, and what
//! they may say.
//!
//! A name that is given here is one that applications believe. So it must be one that a proxy can set and delete, that
//! nobody else has a meaning for, and that stays itself where `-` and `_` are taken for each other.

use std::fmt;

use super::{DEFAULT_PREFIX, Facts};
use crate::account::MAX_ROLE_LIST;
use crate::id::UserId;
use crate::time::Timestamp;

/// What a header can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderValue {
    /// The user's id.
    UserId,
    /// The e-mail address in its normal form, of verified users only.
    UserEmail,
    /// The display name, of verified users only.
    UserName,
    /// Role keys, separated by commas.
    UserRoles,
    /// `true` for a guest.
    UserAnonymous,
    /// `true` for a user who owns a verified address.
    UserVerified,
    /// Authentication methods, separated by spaces.
    SessionAmr,
    /// The authentication context class.
    SessionAcr,
    /// The last real authentication, in Unix seconds.
    SessionAuthenticatedAt,
    /// The client that a token was issued to.
    OAuthClientId,
}

impl HeaderValue {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::UserId,
        Self::UserEmail,
        Self::UserName,
        Self::UserRoles,
        Self::UserAnonymous,
        Self::UserVerified,
        Self::SessionAmr,
        Self::SessionAcr,
        Self::SessionAuthenticatedAt,
        Self::OAuthClientId,
    ];

    /// What the configuration calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "user.id",
            Self::UserEmail => "user.email",
            Self::UserName => "user.name",
            Self::UserRoles => "user.roles",
            Self::UserAnonymous => "user.anonymous",
            Self::UserVerified => "user.verified",
            Self::SessionAmr => "session.amr",
            Self::SessionAcr => "session.acr",
            Self::SessionAuthenticatedAt => "session.authenticated_at",
            Self::OAuthClientId => "oauth.client_id",
        }
    }

    /// Reads what the configuration calls it.
    ///
    /// # Errors
    /// [`ExtraHeaderError::Value`].
    pub fn parse(text: &str) -> Result<Self, ExtraHeaderError> {
        let named = Self::ALL.into_iter().find(|value| value.as_str() == text);
        named.ok_or_else(|| ExtraHeaderError::Value(text.chars().take(64).collect()))
    }

    /// The most bytes that it takes.
    const fn longest(self) -> usize {
        match self {
            Self::UserId => 36,
            Self::UserEmail => 254,
            Self::UserName => 100,
            Self::UserRoles => MAX_ROLE_LIST,
            Self::UserAnonymous | Self::UserVerified => 5,
            Self::SessionAmr | Self::SessionAcr | Self::OAuthClientId => 64,
            Self::SessionAuthenticatedAt => 20,
        }
    }

    /// Whether it is known only where addresses and names are read.
    #[must_use]
    pub const fn needs_profile(self) -> bool {
        matches!(self, Self::UserEmail | Self::UserName)
    }

    /// What it says of a session; empty for nothing.
    fn of(self, user: UserId, authenticated_at: Timestamp, facts: &Facts) -> String {
        let profile = facts.profile.as_ref();
        match self {
            Self::UserId => user.to_string(),
            // One person is one account, however they write their address. What they write in another script is left
            // out, and not put into this one.
            Self::UserEmail => {
                let email = profile.and_then(|profile| profile.email.as_ref());
                let plain = email.filter(|email| email.shown().is_ascii());
                plain.map(|email| email.key().to_owned()).unwrap_or_default()
            }
            Self::UserName => profile.map(|profile| profile.name.as_str().to_owned()).unwrap_or_default(),
            Self::UserRoles => facts.roles.header_value(),
            Self::UserAnonymous => facts.anonymous.to_string(),
            Self::UserVerified => facts.verified.to_string(),
            Self::SessionAmr => facts.amr.join(" "),
            Self::SessionAcr => facts.acr.unwrap_or_default().to_owned(),
            Self::SessionAuthenticatedAt => authenticated_at.unix_seconds().to_string(),
            Self::OAuthClientId => facts.grant.client.as_deref().unwrap_or_default().to_owned(),
        }
    }
}

/// Why a header is not taken, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtraHeaderError {
    /// Not a name that every proxy can delete.
    #[error(
        "`{0}` is not a header name that every proxy can delete; write up to {MAX_NAME} letters, digits and `-`, beginning with a letter"
    )]
    Name(String),
    /// A name that means something to a proxy, a browser or an application already.
    #[error(
        "`{0}` means something to proxies, browsers or applications already; choose a name that only says who somebody is"
    )]
    Taken(String),
    /// A name of ours.
    #[error("`{0}` begins like the identity headers; choose another name")]
    Ours(String),
    /// The same name twice.
    #[error("`{0}` is there twice, with no difference but case; keep one")]
    Twice(String),
    /// No such value.
    #[error("`{0}` is not a value; these are: {list}", list = HeaderValue::ALL.map(HeaderValue::as_str).join(", "))]
    Value(String),
    /// A name that people choose, where an application expects who they are.
    #[error(
        "`{0}` names an account, and people choose `user.name` themselves: whoever calls themselves `admin` would be it; write `user.id` or `user.email`"
    )]
    Chosen(String),
    /// More than an answer may have.
    #[error("the headers could take {0} bytes together, and an answer has room for {1}; leave some out")]
    Room(usize, usize),
}

/// The longest name: nginx has no room for a variable with a longer one.
const MAX_NAME: usize = 32;

/// A header of the operator's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraHeader {
    name: Box<str>,
    value: HeaderValue,
}

impl ExtraHeader {
    /// Takes a name and what it is to say.
    ///
    /// # Errors
    /// [`ExtraHeaderError`].
    pub fn new(name: &str, value: HeaderValue) -> Result<Self, ExtraHeaderError> {
        let shown = || name.chars().take(64).collect();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let begins = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        if !begins || name.len() > MAX_NAME || name.ends_with('-') || !name.bytes().all(plain) {
            return Err(ExtraHeaderError::Name(shown()));
        }
        let lower = name.to_ascii_lowercase();
        if is_taken(&lower) {
            return Err(ExtraHeaderError::Taken(shown()));
        }
        if value == HeaderValue::UserName && ["user", "username", "login"].iter().any(|end| lower.ends_with(end)) {
            return Err(ExtraHeaderError::Chosen(shown()));
        }
        Ok(Self { name: name.into(), value })
    }

    /// The name, as the operator wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says.
    #[must_use]
    pub const fn value(&self) -> HeaderValue {
        self.value
    }

    /// The most bytes that its line takes.
    pub(super) fn longest(&self) -> usize {
        self.name.len() + self.value.longest() + ": \r\n".len()
    }

    /// Appends its line, if there is anything to say that is printable ASCII.
    pub(super) fn write(&self, user: UserId, authenticated_at: Timestamp, facts: &Facts, out: &mut Vec<u8>) {
        let value = self.value.of(user, authenticated_at, facts);
        if !value.is_empty() && value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            for part in [&self.name, ": ", &value, "\r\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
    }
}

impl fmt::Display for ExtraHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.name, self.value.as_str())
    }
}

/// Whether a name, in lower case, frames a message, routes it, carries a credential, or is read by anybody for anything
/// but who a user is.
fn is_taken(name: &str) -> bool {
    TAKEN.contains(&name)
        || name.starts_with(DEFAULT_PREFIX)
        || TAKEN_FAMILIES.iter().any(|family| name.starts_with(family))
        || (name.starts_with("x-forwarded-") && !WHO_FORWARDED.iter().any(|who| name.ends_with(who)))
}

/// The ends of those `X-Forwarded-` names that say who somebody is; the others say where a request came from.
const WHO_FORWARDED: [&str; 6] = ["-user", "-username", "-preferred-username", "-email", "-groups", "-roles"];

const TAKEN_FAMILIES: [&str; 13] = [
    "accept",
    "access-control-",
    "content-",
    "http2-",
    "if-",
    "sec-",
    "proxy-",
    "x-accel-",
    "x-envoy-",
    "x-http-method",
    "x-method",
    "x-original-",
    "x-rewrite-",
];

const TAKEN: [&str; 46] = [
    "age",
    "allow",
    "alt-svc",
    "authorization",
    "cache-control",
    "cf-connecting-ip",
    "connection",
    "cookie",
    "cookie2",
    "date",
    "dpop",
    "early-data",
    "etag",
    "expect",
    "expires",
    "forwarded",
    "from",
    "host",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "max-forwards",
    "origin",
    "pragma",
    "proxy",
    "range",
    "referer",
    "retry-after",
    "server",
    "set-cookie",
    "status",
    "te",
    "trailer",
    "traceparent",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "x-real-ip",
    "x-requested-with",
    "x-sendfile",
];

#[cfg(test)]
mod tests;
