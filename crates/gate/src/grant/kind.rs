//! What kind of application a client is: what it can keep secret, and whose it is.

use std::fmt;

/// What a client is, as the operator says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientKind {
    /// A single-page application that holds tokens. Public: it can keep no secret.
    Spa,
    /// A web application that lives by the session cookie on a shared parent domain. Public.
    Web,
    /// An application on a device. Public.
    Native,
    /// A server of our own, with a secret.
    Confidential,
    /// Somebody else's server, with a secret: people are asked before it learns anything of them.
    ThirdParty,
    /// A program that speaks for itself and for no person, with a secret.
    Machine,
}

impl ClientKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Spa, Self::Web, Self::Native, Self::Confidential, Self::ThirdParty, Self::Machine];

    /// Reads one of the spellings of [`ClientKind::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As the operator writes it and the store keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spa => "spa",
            Self::Web => "web",
            Self::Native => "native",
            Self::Confidential => "confidential",
            Self::ThirdParty => "third-party",
            Self::Machine => "machine",
        }
    }

    /// Whether it has no secret, so that anybody can speak in its name (RFC 6749 section 2.1).
    #[must_use]
    pub const fn is_public(self) -> bool {
        match self {
            Self::Spa | Self::Web | Self::Native => true,
            Self::Confidential | Self::ThirdParty | Self::Machine => false,
        }
    }

    /// Whether it belongs to whoever runs this server. The only one that does not says so in its name.
    #[must_use]
    pub const fn is_first_party(self) -> bool {
        match self {
            Self::Spa | Self::Web | Self::Native | Self::Confidential | Self::Machine => true,
            Self::ThirdParty => false,
        }
    }
}

impl fmt::Display for ClientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
