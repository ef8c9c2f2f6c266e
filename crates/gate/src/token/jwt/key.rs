//! Public keys: those that our tokens are verified with, and the document that shows them to others (RFC 7517).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};

use super::algorithm::SigningAlgorithm;

/// Names a key, to us and in every token that it signed. Not a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// Reads one: 1 to 64 letters, digits, `_` and `-`, and no `-` in front, which a command line would take for an
    /// option.
    ///
    /// # Errors
    /// [`BadKey::Id`] for anything else.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(is_plain) && !text.starts_with('-');
        if fits { Ok(Self(text.into())) } else { Err(BadKey::Id) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not an id that we would give.
    #[error("not a key's id; `vestibule keys list` shows them")]
    Id,
    /// Not a public key of its algorithm.
    #[error("not a public key of this algorithm")]
    Public,
}

/// The public half of a key, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// For [`SigningAlgorithm::Rs256`]: big-endian, without leading zeros.
    Rsa {
        /// The modulus, of 2048 to 8192 bits.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// For [`SigningAlgorithm::Es256`].
    P256 {
        /// The point's first coordinate.
        x: [u8; 32],
        /// The point's second coordinate.
        y: [u8; 32],
    },
    /// For [`SigningAlgorithm::EdDsa`].
    Ed25519(
        /// The point (RFC 8032 section 5.1.5).
        [u8; 32],
    ),
}

impl PublicKey {
    const fn algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Rsa { .. } => SigningAlgorithm::Rs256,
            Self::P256 { .. } => SigningAlgorithm::Es256,
            Self::Ed25519(_) => SigningAlgorithm::EdDsa,
        }
    }

    /// The form in which the library verifies with it.
    fn for_library(&self) -> DecodingKey {
        match self {
            Self::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            // "DER" is the library's word; what it hands on is the uncompressed point (SEC 1 section 2.3.3).
            Self::P256 { x, y } => DecodingKey::from_ec_der(&[&[4], &x[..], y].concat()),
            Self::Ed25519(point) => DecodingKey::from_ed_der(point),
        }
    }

    /// The members that are this key's own (RFC 7518 section 6, RFC 8037 section 2).
    fn members(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa { n, e } => json!({ "kty": "RSA", "n": text(n), "e": text(e) }),
            Self::P256 { x, y } => json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) }),
            Self::Ed25519(point) => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(point) }),
        }
    }
}

/// A key that our tokens are verified with.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    id: KeyId,
    public: PublicKey,
    library: DecodingKey,
}

impl VerifyingKey {
    /// Takes a public key. That a point lies on its curve is looked at when something is verified with it.
    ///
    /// # Errors
    /// [`BadKey::Public`] for an RSA key of another size, or with an exponent that is even or 1.
    pub fn new(id: KeyId, public: PublicKey) -> Result<Self, BadKey> {
        if let PublicKey::Rsa { n, e } = &public {
            let is_sized = (256..=1024).contains(&n.len()) && n.first().is_some_and(|first| first & 0x80 != 0);
            let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
            if !is_sized || !is_odd(n) || !is_odd(e) || e.len() > 4 || e.as_slice() == [1] || e[0] == 0 {
                return Err(BadKey::Public);
            }
        }
        Ok(Self { id, library: public.for_library(), public })
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The one algorithm that it is for.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.public.algorithm()
    }

    /// Whether this key made this signature. Whatever is wrong with it, it did not.
    pub(super) fn verifies(&self, signed: &[u8], signature: &str) -> bool {
        let algorithm = self.algorithm().for_library();
        jsonwebtoken::crypto::verify(signature, signed, &self.library, algorithm).unwrap_or(false)
    }

    fn to_jwk(&self) -> Value {
        let mut members = self.public.members();
        members["use"] = "sig".into();
        members["alg"] = self.algorithm().as_str().into();
        members["kid"] = self.id.as_str().into();
        members
    }
}

/// The keys that are published: few, found by their ids.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<VerifyingKey>);

impl KeySet {
    /// Takes keys. Of two with one id the first counts.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        let mut set = Self::default();
        for key in keys {
            if set.find(key.id.as_str()).is_none() {
                set.0.push(key);
            }
        }
        set
    }

    /// The key with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&VerifyingKey> {
        self.0.iter().find(|key| key.id.as_str() == id)
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.0.iter()
    }

    /// The JSON document that `jwks_uri` serves (RFC 7517 section 5). Public members only.
    #[must_use]
    pub fn to_jwks(&self) -> String {
        let keys: Vec<Value> = self.0.iter().map(VerifyingKey::to_jwk).collect();
        json!({ "keys": keys }).to_string()
    }
}
