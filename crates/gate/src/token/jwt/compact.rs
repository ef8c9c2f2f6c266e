//! The compact form (RFC 7515 section 7.1): three parts, and a header that says how to check them. Read before any
//! signature is, within limits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::algorithm::SigningAlgorithm;
use super::error::JwtError;
use super::key::{KeySet, VerifyingKey};
use super::members;

/// The longest token that is looked at, in bytes. Ours take one or two thousand, with every role that a user can have
/// three.
pub const MAX_TOKEN: usize = 8 << 10;

/// What a token is for, as its `typ` says it (RFC 8725 section 3.11): an ID token never passes for an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// `at+jwt` (RFC 9068 section 2.1).
    Access,
    /// `JWT` (OpenID Connect names none; ours say this).
    Id,
    /// `vestibule-assertion+jwt`: for an application behind a proxy, and no credential.
    Assertion,
}

impl TokenType {
    /// What our tokens say.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Id => "JWT",
            Self::Assertion => "vestibule-assertion+jwt",
        }
    }

    /// Whether a `typ` says this: media types have no case, and `application/` may stand before one (RFC 7515 4.1.9).
    fn is_said_by(self, typ: &str) -> bool {
        let is = |name: &str| typ.eq_ignore_ascii_case(name);
        match self {
            Self::Access => is("at+jwt") || is("application/at+jwt"),
            Self::Id => is("JWT"),
            Self::Assertion => is(self.as_str()),
        }
    }
}

/// A token that names a key of ours and its algorithm. Whether it was signed with it, nobody has looked.
pub(super) struct Unverified<'t, 'k> {
    /// Header, dot and payload, as they were signed.
    pub(super) signed: &'t [u8],
    /// The signature, in base64url.
    pub(super) signature: &'t str,
    /// The key that it names.
    pub(super) key: &'k VerifyingKey,
    /// What it says.
    pub(super) claims: Map<String, Value>,
}

impl<'t, 'k> Unverified<'t, 'k> {
    /// Reads a token of this type.
    pub(super) fn read(token: &'t [u8], expected: TokenType, keys: &'k KeySet) -> Result<Self, JwtError> {
        if token.len() > MAX_TOKEN {
            return Err(JwtError::TooLong);
        }
        let token = std::str::from_utf8(token).map_err(|_| JwtError::Shape)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Shape)?;
        // A dot more is found here: it is no base64url.
        let header = members::read(&decode(header)?).ok_or(JwtError::Header)?;
        let key = key_named_by(&header, expected, keys)?;
        let claims = members::read(&decode(payload)?).ok_or(JwtError::Claims)?;
        Ok(Self { signed: signed.as_bytes(), signature, key, claims })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Shape)
}

/// The key that a header names. Ours have three members. Whatever else there is would change how the token is to be
/// read (`crit`, `b64`, `zip`, `cty`) or say where to find a key that we are to believe (`jku`, `jwk`, `x5u`, `x5c`).
fn key_named_by<'k>(
    header: &Map<String, Value>,
    expected: TokenType,
    keys: &'k KeySet,
) -> Result<&'k VerifyingKey, JwtError> {
    if header.keys().any(|name| !matches!(name.as_str(), "alg" | "kid" | "typ")) {
        return Err(JwtError::Header);
    }
    let text = |name: &str| header.get(name).and_then(Value::as_str).ok_or(JwtError::Header);
    if !expected.is_said_by(text("typ")?) {
        return Err(JwtError::Type);
    }
    let key = keys.find(text("kid")?).ok_or(JwtError::UnknownKey)?;
    // What the token asks for never decides: the key has one algorithm (RFC 8725 section 3.1).
    match SigningAlgorithm::parse(text("alg")?) {
        Ok(algorithm) if algorithm == key.algorithm() => Ok(key),
        Ok(_) | Err(_) => Err(JwtError::Algorithm),
    }
}
