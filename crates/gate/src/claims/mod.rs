//! What a request claims to be: the credentials in it, from a closed list of sources, as bytes and unverified.
//!
//! The sources are the bearer token and the cookies `app_session`, `app_access_token` and `session`, in this order.
//! Everything else in a request is nobody's business here. [`crate::decide`] says what the claims are worth.

mod bearer;
pub mod cacheable;
pub mod cookies;

use arrayvec::ArrayVec;

pub use cookies::{CookieNames, CookiePrefix, CookiePrefixError};

use crate::token::opaque::{SecretKind, TagKey, TokenHash, has_shape, is_tagged};

/// More distinct candidate values than this in one request are a tossing attack or a mistake, and are all refused.
pub const MAX_CANDIDATES: usize = 8;

/// Where a credential came from, in the order of the contract: an earlier one wins over a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// `Authorization: Bearer`.
    Bearer,
    /// The cookie `app_session`.
    AppSession,
    /// The cookie `app_access_token`.
    AppAccessToken,
    /// The cookie `session`.
    Session,
}

impl Source {
    /// The kinds of secrets that count here: a secret counts only under the name of its kind.
    #[must_use]
    pub const fn accepts(self) -> &'static [SecretKind] {
        match self {
            Self::Bearer => &[SecretKind::Access, SecretKind::Api],
            Self::AppSession => &[SecretKind::AppSession],
            Self::AppAccessToken => &[SecretKind::Access],
            Self::Session => &[SecretKind::Session],
        }
    }

    /// The kind of secret that this value has the shape of, if that kind counts here.
    #[must_use]
    pub fn kind_of(self, value: &[u8]) -> Option<SecretKind> {
        self.accepts().iter().copied().find(|kind| has_shape(*kind, value))
    }

    /// Whether a JWT counts here.
    #[must_use]
    pub const fn accepts_jwt(self) -> bool {
        matches!(self, Self::Bearer | Self::AppAccessToken)
    }
}

/// One candidate: a value under a name, as it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential<'r> {
    /// The name it came under.
    pub source: Source,
    /// The bytes, neither trimmed nor decoded.
    pub value: &'r [u8],
}

/// The claims of one request. Built without allocation; borrows from the request's head.
#[derive(Debug, Clone, Default)]
pub struct Claims<'r> {
    candidates: ArrayVec<Credential<'r>, MAX_CANDIDATES>,
    too_many: bool,
    malformed_bearer: bool,
    cookie_lines: usize,
    cookie_line: &'r [u8],
}

impl<'r> Claims<'r> {
    /// Reads the headers of a request, names and values as they arrived. Several Cookie lines all count.
    pub fn read(headers: impl Iterator<Item = (&'r [u8], &'r [u8])>, names: &CookieNames) -> Self {
        let mut claims = Self::default();
        let mut authorization = bearer::Authorization::default();
        for (name, value) in headers {
            if name.eq_ignore_ascii_case(b"cookie") {
                claims.cookie_lines += 1;
                claims.cookie_line = value;
                for credential in cookies::ours(value, names) {
                    claims.add(credential);
                }
            } else if name.eq_ignore_ascii_case(b"authorization") {
                authorization.add(value);
            }
        }
        match authorization.bearer() {
            bearer::Bearer::Absent => {}
            bearer::Bearer::Malformed => claims.malformed_bearer = true,
            bearer::Bearer::Token(value) => claims.add(Credential { source: Source::Bearer, value }),
        }
        claims
    }

    /// One credential, as if it had come alone.
    #[must_use]
    pub fn only(credential: Credential<'r>) -> Self {
        let mut claims = Self::default();
        claims.add(credential);
        claims
    }

    fn add(&mut self, credential: Credential<'r>) {
        if !self.candidates.contains(&credential) && self.candidates.try_push(credential).is_err() {
            self.too_many = true;
        }
    }

    /// Whether the request carries no credential at all, not even a useless one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty() && !self.malformed_bearer
    }

    /// Whether there are more than [`MAX_CANDIDATES`] distinct values.
    #[must_use]
    pub const fn has_too_many(&self) -> bool {
        self.too_many
    }

    /// The candidates, in the order of arrival (the bearer last).
    #[must_use]
    pub fn candidates(&self) -> &[Credential<'r>] {
        &self.candidates
    }

    /// Whether any credential of this source is present.
    #[must_use]
    pub fn has(&self, source: Source) -> bool {
        self.candidates.iter().any(|candidate| candidate.source == source)
            || (source == Source::Bearer && self.malformed_bearer)
    }

    /// Whether the `session` cookie is here more than once with different values: somebody tossed one, or the
    /// operator changed `cookie_domain`. The pages say which cookie to delete.
    #[must_use]
    pub fn session_is_doubled(&self) -> bool {
        self.candidates.iter().filter(|candidate| candidate.source == Source::Session).count() > 1
    }

    /// The hashes of the session secrets that the request carries and that we have sealed, live or not: a sign-in
    /// ends the sessions that they name.
    #[must_use]
    pub fn session_hashes(&self, key: &TagKey) -> Vec<TokenHash> {
        let ours = |c: &&Credential<'r>| c.source == Source::Session && is_tagged(SecretKind::Session, c.value, key);
        self.candidates.iter().filter(ours).map(|c| TokenHash::of(c.value)).collect()
    }

    /// The only Cookie line of the request; `None` when there is none or more than one.
    #[must_use]
    pub const fn only_cookie_line(&self) -> Option<&'r [u8]> {
        if self.cookie_lines == 1 { Some(self.cookie_line) } else { None }
    }
}

#[cfg(test)]
mod tests;
