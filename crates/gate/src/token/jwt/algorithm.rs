//! The signature algorithms that we use (RFC 7518 section 3.1, RFC 8037). There is no `none`, and nothing with a
//! shared secret.

use std::fmt;

use jsonwebtoken::Algorithm;

/// How a token is signed. One key has one algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256, PKCS #1 v1.5: every OpenID client reads it.
    Rs256,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// Why a text names none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a signature algorithm; write `RS256`, `ES256` or `EdDSA`")]
pub struct NoSuchAlgorithm(String);

impl SigningAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The registered name: what `alg` says, and the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads the registered name, byte for byte.
    ///
    /// # Errors
    /// [`NoSuchAlgorithm`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NoSuchAlgorithm> {
        let named = Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text);
        named.ok_or_else(|| NoSuchAlgorithm(text.chars().take(32).collect()))
    }

    /// The library's name for it, for signing and verifying.
    #[must_use]
    pub const fn for_library(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::SigningAlgorithm;

    #[test]
    fn an_algorithm_has_one_name_and_none_is_not_among_them() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(SigningAlgorithm::parse(algorithm.as_str()), Ok(algorithm));
        }
        for bad in ["", "none", "None", "HS256", "rs256", "PS256", "ES256K", "Ed25519", "RS256 "] {
            assert!(SigningAlgorithm::parse(bad).is_err(), "{bad:?}");
        }
    }
}
