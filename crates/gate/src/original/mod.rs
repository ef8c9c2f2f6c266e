//! What was asked, in one reading: a proxy describes the original request in its dialect, and either every program on
//! the way would read it alike, or it is [`Unreadable`] and nobody may have it.
//!
//! [`describe`] collects the pieces, [`Original::read`] reads them; a door that is told the pieces by other means (gRPC)
//! starts with a [`Described`] of its own. Nothing falls back to another header or to the question's own path.

mod envoy;
mod forwarded;
mod host;
mod host_table;
mod method;
mod navigation;
mod needed;
mod nginx;
pub mod path;
mod policies;
mod readings;
mod scheme;
#[cfg(test)]
mod tests;
mod unreadable;

use std::borrow::Cow;
use std::fmt::Write as _;

pub use host::Host;
pub use host_table::{HostPattern, HostPatternError, HostTable};
pub use navigation::navigates;
pub use policies::{Case, Line, LineError, PathPolicies, PathPolicy};
pub use scheme::Scheme;
pub use unreadable::Unreadable;

/// A longer header, or path with query, is refused.
pub const MAX_BYTES: usize = 16 * 1024;

/// The words in which a proxy describes a request; each has a door of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `X-Original-Method` and `X-Original-URL`.
    Nginx,
    /// `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`: Caddy, Traefik, HAProxy, Apache.
    Forwarded,
    /// The question's own method, its `Host`, `X-Forwarded-Proto`, and the path behind the door's.
    Envoy,
}

/// The request line of the question itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own<'r> {
    /// Its method.
    pub method: &'r [u8],
    /// What stands behind the door's path, with the query: `/a/b?c`.
    pub target: &'r [u8],
}

/// The pieces as a proxy wrote them, each present exactly once; not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Described<'r> {
    /// The method.
    pub method: &'r [u8],
    /// `http` or `https`.
    pub scheme: &'r [u8],
    /// The host, perhaps with a port.
    pub host: &'r [u8],
    /// Path and query, raw.
    pub target: &'r [u8],
}

/// Collects the pieces from the headers of a question: only those of the dialect, each exactly once.
///
/// # Errors
/// When one is missing, repeated or too long.
pub fn describe<'r>(
    dialect: Dialect,
    own: Own<'r>,
    headers: impl Iterator<Item = (&'r [u8], &'r [u8])>,
) -> Result<Described<'r>, Unreadable> {
    match dialect {
        Dialect::Nginx => nginx::describe(headers),
        Dialect::Forwarded => forwarded::describe(headers),
        Dialect::Envoy => envoy::describe(own, headers),
    }
}

/// The original request, which has one reading. Only [`Original::read`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original<'r> {
    method: &'r str,
    scheme: Scheme,
    host: Host<'r>,
    path: Cow<'r, str>,
    others: Vec<String>,
    target: &'r str,
    policy: PathPolicy,
}

impl<'r> Original<'r> {
    /// Reads the pieces, the path by the policy of the host. Allocates nothing for what is in its one form already.
    ///
    /// # Errors
    /// [`Unreadable`], with the first cause found.
    pub fn read(described: &Described<'r>, policies: &PathPolicies) -> Result<Self, Unreadable> {
        let method = method::read(described.method)?;
        let scheme = Scheme::read(described.scheme)?;
        let host = Host::read(described.host, scheme)?;
        let policy = policies.of(host.name());
        let end = memchr::memchr(b'?', described.target).unwrap_or(described.target.len());
        let path = path::canonical(&described.target[..end], policy)?;
        let target = whole(described.target)?;
        let others = readings::others(&path, policy)?;
        Ok(Self { method, scheme, host, path, others, target, policy })
    }

    /// The method, byte for byte; never with a lower-case letter.
    #[must_use]
    pub const fn method(&self) -> &'r str {
        self.method
    }

    /// How the client came.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host's name without port: lower case, no trailing dot.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.name()
    }

    /// The port, if it is not the scheme's own.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.host.port()
    }

    /// The path in its canonical form, without query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What else the path could mean to a program, if it uses a line that `[paths]` relaxes; nothing in general. The rule
    /// that decides must be the same for all of them.
    pub fn other_readings(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }

    /// Path and query as they arrived.
    #[must_use]
    pub const fn target(&self) -> &'r str {
        self.target
    }

    /// How paths of this host are read.
    #[must_use]
    pub const fn path_policy(&self) -> PathPolicy {
        self.policy
    }

    /// The URL that was asked for, to come back to: host in its one spelling, path and query as they arrived.
    #[must_use]
    pub fn url(&self) -> String {
        let mut url = format!("{}://{}", self.scheme.as_str(), self.host.name());
        if let Some(port) = self.host.port() {
            // Writing to a string cannot fail.
            _ = write!(url, ":{port}");
        }
        url.push_str(self.target);
        url
    }
}

/// Path and query, if the query could stand in a link: the path is looked at more closely elsewhere. No rule looks at a
/// query; but whoever cuts at `#` sees another one (ATK12), and a line break would end a header.
fn whole(target: &[u8]) -> Result<&str, Unreadable> {
    if target.len() > MAX_BYTES {
        return Err(Unreadable::TooLong("path and query"));
    }
    if target.contains(&b'#') {
        return Err(Unreadable::Fragment);
    }
    let text = std::str::from_utf8(target).map_err(|_| Unreadable::Query)?;
    if text.contains(|c: char| c.is_control() || c == ' ') { Err(Unreadable::Query) } else { Ok(text) }
}
