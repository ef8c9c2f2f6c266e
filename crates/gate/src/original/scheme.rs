//! http or https, byte for byte.

use super::unreadable::Unreadable;

/// How the client came to the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Through TLS.
    Https,
}

impl Scheme {
    /// Reads `http` or `https`. Anything else is refused, also a list (`https,http`) that two proxies made.
    ///
    /// `ws` and `wss` are what Traefik writes for the request that opens a WebSocket, which is one of http and https.
    ///
    /// # Errors
    /// [`Unreadable::Scheme`].
    pub fn read(text: &[u8]) -> Result<Self, Unreadable> {
        match text {
            b"http" | b"ws" => Ok(Self::Http),
            b"https" | b"wss" => Ok(Self::Https),
            _ => Err(Unreadable::Scheme),
        }
    }

    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that a URL need not name.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}
