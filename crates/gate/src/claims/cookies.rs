//! The cookies of ours in a Cookie line: names are matched byte for byte (ATK35: no trimming beyond SP and HTAB
//! around a pair, no unquoting, `$Version` is a name like any other, a `,` is never a separator).
//!
//! RFC 6265 section 4.2.1 is what a browser sends; what a proxy or an attacker makes of it is read no further than
//! that. A differential property test holds this against the `cookie` crate for well-formed lines.

use memchr::memchr;

use super::{Credential, Source};
use crate::token::opaque::TokenHash;

/// Why a cookie prefix is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a cookie prefix; it may be up to 32 of A-Z, a-z, 0-9, `_` and `-`, and not begin with `__`")]
pub struct CookiePrefixError(String);

/// What stands before each cookie name; empty by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CookiePrefix(String);

impl CookiePrefix {
    /// Reads a prefix. `__Host-` and `__Secure-` are refused: browsers treat names that begin so as their own
    /// business, and nginx cannot name them in a variable.
    ///
    /// # Errors
    /// [`CookiePrefixError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, CookiePrefixError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if text.len() > 32 || !text.bytes().all(allowed) || text.starts_with("__") {
            return Err(CookiePrefixError(text.chars().take(64).collect()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The full names of our cookies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieNames {
    session: Box<str>,
    app_session: Box<str>,
    app_access_token: Box<str>,
    same_site_strict: Box<str>,
    device: Box<str>,
    authentication: Box<str>,
    step_up: Box<str>,
}

impl CookieNames {
    /// The names under a prefix.
    #[must_use]
    pub fn new(prefix: &CookiePrefix) -> Self {
        let name = |name: &str| format!("{}{name}", prefix.0).into_boxed_str();
        Self {
            session: name("session"),
            app_session: name("app_session"),
            app_access_token: name("app_access_token"),
            same_site_strict: name("same_site_strict"),
            device: name("device"),
            authentication: name("authentication_"),
            step_up: name("step_up"),
        }
    }

    /// `session`: the cookie session's secret.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// `app_session`.
    #[must_use]
    pub fn app_session(&self) -> &str {
        &self.app_session
    }

    /// `app_access_token`.
    #[must_use]
    pub fn app_access_token(&self) -> &str {
        &self.app_access_token
    }

    /// `same_site_strict`: proves a same-site request.
    #[must_use]
    pub fn same_site_strict(&self) -> &str {
        &self.same_site_strict
    }

    /// `device`: names account and browser to the limits; never an authentication.
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }

    /// What the names of all those cookies begin with.
    #[must_use]
    pub fn authentications(&self) -> &str {
        &self.authentication
    }

    /// `step_up`: where somebody has just been sent on to without a question; never an authentication.
    #[must_use]
    pub fn step_up(&self) -> &str {
        &self.step_up
    }

    /// The same names, but that no cookie can have those of an application: for whoever asks about the browser alone.
    #[must_use]
    pub fn only_session(&self) -> Self {
        // No header can hold this byte.
        let nobody: Box<str> = "\0".into();
        Self { app_session: nobody.clone(), app_access_token: nobody, ..self.clone() }
    }

    /// `authentication_` and some characters of the authorization request that a sign-in was made for: two requests in
    /// two tabs do not take each other's.
    #[must_use]
    pub fn authentication(&self, request: &TokenHash) -> String {
        format!("{}{}", self.authentication, &request.to_text()[..8])
    }

    /// All of them, for whoever must remove or clear them.
    #[must_use]
    pub fn all(&self) -> [&str; 5] {
        [&self.session, &self.app_session, &self.app_access_token, &self.same_site_strict, &self.device]
    }

    /// The name of the cookie behind a source; `None` for the bearer token.
    #[must_use]
    pub fn of(&self, source: Source) -> Option<&str> {
        match source {
            Source::Bearer => None,
            Source::AppSession => Some(&self.app_session),
            Source::AppAccessToken => Some(&self.app_access_token),
            Source::Session => Some(&self.session),
        }
    }

    fn source(&self, name: &[u8]) -> Option<Source> {
        if name == self.session.as_bytes() {
            Some(Source::Session)
        } else if name == self.app_session.as_bytes() {
            Some(Source::AppSession)
        } else if name == self.app_access_token.as_bytes() {
            Some(Source::AppAccessToken)
        } else {
            None
        }
    }
}

/// The pairs of a Cookie line: name and value, byte for byte. A pair without `=` has no name and is passed over.
pub fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    split(line).filter_map(|pair| {
        let pair = trim(pair);
        let at = memchr(b'=', pair)?;
        Some((&pair[..at], &pair[at + 1..]))
    })
}

/// What stands between the semicolons. A browser sends some kilobytes of others' cookies with each request, so they are
/// searched many bytes at a time.
fn split(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let end = memchr(b';', line);
        rest = end.map(|end| &line[end + 1..]);
        Some(end.map_or(line, |end| &line[..end]))
    })
}

/// The credentials in a Cookie line.
pub(super) fn ours<'r>(line: &'r [u8], names: &CookieNames) -> impl Iterator<Item = Credential<'r>> {
    pairs(line).filter_map(|(name, value)| names.source(name).map(|source| Credential { source, value }))
}

/// Removes SP and HTAB around a pair, and nothing else (not U+2000, not form feeds).
fn trim(pair: &[u8]) -> &[u8] {
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    let start = pair.iter().position(|b| !blank(b)).unwrap_or(pair.len());
    let end = pair.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &pair[start..end]
}
