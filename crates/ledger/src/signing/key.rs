//! One key: its private half, ready to sign, and its public one.

use std::fmt;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair, RsaPublicKeyComponents,
};
use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, PublicKey, SigningAlgorithm, TokenType, VerifyingKey};

use crate::fault::Fault;

/// A key that signs, has signed or will sign. Prints as its public half.
pub(crate) struct SigningKey {
    public: VerifyingKey,
    private: EncodingKey,
    pub(crate) signs_from: Timestamp,
}

impl SigningKey {
    /// Reads the private half (PKCS #8, RFC 5958). `None` if it is none of this algorithm.
    pub(crate) fn read(id: KeyId, algorithm: SigningAlgorithm, pkcs8: &[u8], signs_from: Timestamp) -> Option<Self> {
        let (public, private) = match algorithm {
            SigningAlgorithm::Rs256 => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
                let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                (PublicKey::Rsa { n, e }, EncodingKey::from_rsa_der(pkcs1(pkcs8)?))
            }
            SigningAlgorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?;
                // Uncompressed: a 4 and the two coordinates (SEC 1 section 2.3.3).
                let (x, y) = pair.public_key().as_ref().strip_prefix(&[4])?.split_first_chunk()?;
                (PublicKey::P256 { x: *x, y: y.try_into().ok()? }, EncodingKey::from_ec_der(pkcs8))
            }
            SigningAlgorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
                (PublicKey::Ed25519(pair.public_key().as_ref().try_into().ok()?), EncodingKey::from_ed_der(pkcs8))
            }
        };
        Some(Self { public: VerifyingKey::new(id, public).ok()?, private, signs_from })
    }

    /// The same key, signing from another time on.
    pub(crate) fn signing_from(&self, signs_from: Timestamp) -> Self {
        Self { public: self.public.clone(), private: self.private.clone(), signs_from }
    }

    /// The public half.
    pub(crate) const fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Makes a token.
    pub(crate) fn sign(&self, token_type: TokenType, claims: &impl Serialize) -> Result<String, Fault> {
        let mut header = Header::new(self.public.algorithm().for_library());
        header.typ = Some(token_type.as_str().to_owned());
        header.kid = Some(self.public.id().as_str().to_owned());
        jsonwebtoken::encode(&header, claims, &self.private).map_err(|error| {
            tracing::error!(%error, kid = %self.public.id(), "a token could not be signed");
            Fault::NoSigning
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

/// The key itself (RFC 8017 appendix A.1.2) in what `mint.rs` wrote: the library signs with nothing else. Behind a
/// SEQUENCE with a length of two bytes come version and algorithm, always the same 18 bytes, and an OCTET STRING with
/// such a length.
fn pkcs1(pkcs8: &[u8]) -> Option<&[u8]> {
    const VERSION_AND_ALGORITHM: [u8; 18] = [2, 1, 0, 0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    let rest = pkcs8.strip_prefix(&[0x30, 0x82])?.get(2..)?;
    rest.strip_prefix(&VERSION_AND_ALGORITHM)?.strip_prefix(&[4, 0x82])?.get(2..)
}
