//! Keys, and tokens that they sign: whatever is asked for, as an attacker would who has a key.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;

use super::super::{Audience, Expected, Expiry, KeyId, KeySet, PublicKey, TokenType, VerifyingKey};
use crate::time::Timestamp;

pub(super) const ISSUER: &str = "https://id.example.com";
pub(super) const AUDIENCE: &str = "https://api.example.com";
pub(super) const JTI: &str = "vbj_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// A minute after the token was made.
pub(super) const NOW: Timestamp = Timestamp::from_millis(2_000_000_060_000);
pub(super) const CLAIMS: &str = "{\"iss\":\"https://id.example.com\",\"sub\":\"ada\",\"aud\":\"https://api.example.com\",\
    \"iat\":2000000000,\"exp\":2000001800,\"client_id\":\"app\",\"scope\":\"openid\",\"auth_time\":1900000000,\
    \"jti\":\"vbj_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";

/// A private key and its public half.
pub(super) struct Signer {
    pub(super) public: VerifyingKey,
    private: EncodingKey,
}

impl Signer {
    fn new(id: &str, public: PublicKey, private: EncodingKey) -> Self {
        Self { public: VerifyingKey::new(KeyId::parse(id).unwrap(), public).unwrap(), private }
    }

    pub(super) fn ed25519(id: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = PublicKey::Ed25519(pair.public_key().as_ref().try_into().unwrap());
        Self::new(id, public, EncodingKey::from_ed_der(pair.to_pkcs8().unwrap().as_ref()))
    }

    fn p256(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let public = PublicKey::P256 { x: point[1..33].try_into().unwrap(), y: point[33..].try_into().unwrap() };
        Self::new(id, public, EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref()))
    }

    fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        // The library wants the key without the 26 bytes that name its algorithm.
        Self::new(id, PublicKey::Rsa { n, e }, EncodingKey::from_rsa_der(&der.as_ref()[26..]))
    }

    pub(super) fn header(&self, typ: &str) -> String {
        format!("{{\"typ\":\"{typ}\",\"alg\":\"{}\",\"kid\":\"{}\"}}", self.public.algorithm(), self.public.id())
    }

    /// Signs any two texts.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let signed = Self::unsigned(header, claims);
        let signed = signed.trim_end_matches('.');
        let algorithm = self.public.algorithm().for_library();
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.private, algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    pub(super) fn access_token(&self, claims: &str) -> String {
        self.sign(&self.header("at+jwt"), claims)
    }

    pub(super) fn unsigned(header: &str, claims: &str) -> String {
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }
}

static SIGNERS: LazyLock<[Signer; 3]> =
    LazyLock::new(|| [Signer::ed25519("ed"), Signer::p256("es"), Signer::rsa("rs")]);

/// One of each algorithm: Ed25519, P-256, RSA.
pub(super) fn signers() -> &'static [Signer; 3] {
    &SIGNERS
}

pub(super) fn keys() -> KeySet {
    KeySet::new(signers().iter().map(|signer| signer.public.clone()))
}

pub(super) fn access() -> Expected<'static> {
    Expected {
        token_type: TokenType::Access,
        issuer: ISSUER,
        audience: Audience::Includes(AUDIENCE),
        expiry: Expiry::Counts,
    }
}
