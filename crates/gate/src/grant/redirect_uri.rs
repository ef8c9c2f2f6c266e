//! Where a client may send people back to: checked once, when it is registered, and from then on compared as a string.
//! Everything cleverer than equality has been an open redirector somewhere (RFC 9700 section 4.1).

use url::{Url, form_urlencoded};

use super::kind::ClientKind;

/// The longest one, in bytes.
const MAX_BYTES: usize = 2000;

/// What an authorization response may carry: a URI that has one of these already would make a response with two.
const RESPONSE_NAMES: [&str; 10] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "id_token",
    "iss",
    "response",
    "session_state",
    "state",
];

/// Why a redirect URI is not registered, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// More than 2,000 bytes.
    #[error("a redirect URI has at most 2,000 bytes; this one has {0}")]
    TooLong(usize),
    /// White space, a control character, a backslash, a wildcard, or something else than ASCII.
    #[error("a redirect URI cannot contain {0:?}; register each URI in full, other characters percent-encoded")]
    Character(char),
    /// A fragment, which would swallow the response.
    #[error("a redirect URI has no fragment; leave out `#` and what follows it")]
    Fragment,
    /// A user's name or password before the host.
    #[error("a redirect URI has no user-info; leave out what stands before the `@`")]
    UserInfo,
    /// Not a URI with a scheme, or none that the URL standard can read.
    #[error("`{0}` is not an absolute URI; write `https://app.example.com/callback`")]
    NotAbsolute(String),
    /// A scheme that this kind of client cannot use.
    #[error("a {kind} client cannot be sent to `{scheme}:`; write https{}", native_hint(*.kind))]
    Scheme {
        /// As it was written.
        scheme: String,
        /// The client's kind.
        kind: ClientKind,
    },
    /// http to another machine: whoever is on the way could read the code.
    #[error("`{0}` would be reached over plain http; write https (http is for 127.0.0.1, [::1] and localhost)")]
    PlainHttp(String),
    /// A query with a name that the response uses.
    #[error("the query of a redirect URI cannot have `{0}`; the response has one of its own")]
    Reserved(&'static str),
}

const fn native_hint(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Native => {
            ", or a scheme of your own with a dot in it and one or two slashes: `com.example.app:/callback`"
        }
        ClientKind::Spa | ClientKind::Web | ClientKind::Confidential | ClientKind::ThirdParty | ClientKind::Machine => {
            ""
        }
    }
}

/// A registered redirect URI, byte for byte as the operator wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Reads an absolute URI: https; http to `127.0.0.1`, `[::1]`, `localhost` or a name below `localhost`; or, for a
    /// native client, a private-use scheme with a dot in it (RFC 8252 section 7.1).
    ///
    /// RFC 8252 would have `localhost` for native clients at most, since a name can be made to lead elsewhere. Browsers
    /// never ask the network for `localhost` and what is below it, and treat both as secure: without them nobody could
    /// develop an application against this server.
    ///
    /// # Errors
    /// [`RedirectUriError`], in words for the operator.
    pub fn register(text: &str, kind: ClientKind) -> Result<Self, RedirectUriError> {
        if text.len() > MAX_BYTES {
            return Err(RedirectUriError::TooLong(text.len()));
        }
        if let Some(odd) = text.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '\\' | '*')) {
            return Err(RedirectUriError::Character(odd));
        }
        if text.contains('#') {
            return Err(RedirectUriError::Fragment);
        }
        let not_absolute = || RedirectUriError::NotAbsolute(text.to_owned());
        let (scheme, rest) = text.split_once(':').ok_or_else(not_absolute)?;
        let url = Url::parse(text).map_err(|_| not_absolute())?;
        let authority = rest.strip_prefix("//").map(authority_of);
        if authority.is_some_and(|authority| authority.contains('@')) {
            return Err(RedirectUriError::UserInfo);
        }
        match url.scheme() {
            "https" | "http" => {
                let host = host_of(authority.filter(|authority| !authority.is_empty()).ok_or_else(not_absolute)?);
                if url.scheme() == "http" && !is_this_machine(host) {
                    return Err(RedirectUriError::PlainHttp(host.to_owned()));
                }
            }
            private if kind == ClientKind::Native && private.contains('.') && rest.starts_with('/') => {}
            _ => return Err(RedirectUriError::Scheme { scheme: scheme.to_owned(), kind }),
        }
        match reserved_name(&url) {
            Some(name) => Err(RedirectUriError::Reserved(name)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Whether a presented URI is this one: byte for byte, no normal form, no prefix. Only the port of a native
    /// client's loopback address may differ, which it does not know before it listens (RFC 8252 section 7.3).
    #[must_use]
    pub fn admits(&self, presented: &str, kind: ClientKind) -> bool {
        if self.0 == presented {
            return true;
        }
        let loopback = |text| if kind == ClientKind::Native { loopback_without_port(text) } else { None };
        loopback(&self.0).is_some_and(|registered| loopback(presented) == Some(registered))
    }

    /// As it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as browsers write them in `Origin`; of http and https only.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
    }
}

/// What stands between `//` and the path, query or fragment.
fn authority_of(behind_slashes: &str) -> &str {
    behind_slashes.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The host as it was written: `0x7f.1` is the loopback address to a browser and a riddle to an operator.
fn host_of(authority: &str) -> &str {
    let bracketed = authority.starts_with('[').then(|| authority.split_inclusive(']').next()).flatten();
    bracketed.unwrap_or_else(|| authority.split(':').next().unwrap_or_default())
}

fn is_this_machine(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    matches!(host.as_str(), "127.0.0.1" | "[::1]" | "localhost") || host.ends_with(".localhost")
}

fn reserved_name(url: &Url) -> Option<&'static str> {
    let query = url.query().unwrap_or_default().as_bytes();
    RESPONSE_NAMES.into_iter().find(|&reserved| form_urlencoded::parse(query).any(|(name, _)| name == reserved))
}

/// Host and rest of `http://127.0.0.1:PORT…` or `http://[::1]:PORT…`, the port (if any) being one.
fn loopback_without_port(text: &str) -> Option<(&'static str, &str)> {
    let host = ["http://127.0.0.1", "http://[::1]"].into_iter().find(|host| text.starts_with(host))?;
    let behind = text.strip_prefix(host)?;
    let rest = match behind.strip_prefix(':') {
        None => behind,
        Some(port) => {
            let digits = port.bytes().take_while(u8::is_ascii_digit).count();
            let (port, rest) = port.split_at(digits);
            let is_port = !port.starts_with('0') && port.parse::<u16>().is_ok();
            is_port.then_some(rest)?
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

#[cfg(test)]
mod tests;
