//! Private keys at rest: AES-256-GCM under a key that HKDF-SHA-256 (RFC 5869) derives from the operator's secret.
//!
//! What is sealed is bound to the key's id, so that whoever can write to the database cannot put one key in another's
//! place. HKDF makes a good secret of a good secret, and no good one of a password: a short one is refused.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::token::jwt::KeyId;

use crate::fault::Fault;
use crate::mint;

/// Seals and opens private keys.
pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Derives it from the operator's secret.
    pub(crate) fn derive(secret: &str) -> Result<Self, Fault> {
        let failed = |_| Fault::Unreadable("[keys] secret");
        let derived = Salt::new(HKDF_SHA256, b"vestibule").extract(secret.as_bytes());
        let expanded = derived.expand(&[b"signing keys at rest"], &AES_256_GCM).map_err(failed)?;
        Ok(Self(LessSafeKey::new(UnboundKey::from(expanded))))
    }

    /// Nonce, ciphertext and tag, in base64url.
    pub(crate) fn seal(&self, id: &KeyId, private: &[u8]) -> Result<String, Fault> {
        let nonce: [u8; NONCE_LEN] = mint::random()?;
        let mut bytes = private.to_vec();
        let aad = Aad::from(id.as_str().as_bytes());
        let sealed = self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes);
        sealed.map_err(|_| Fault::Unreadable("a private key"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// What was sealed for this key with this secret, and nothing else.
    pub(crate) fn open(&self, id: &KeyId, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk_mut::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let private = self.0.open_in_place(nonce, Aad::from(id.as_str().as_bytes()), ciphertext).ok()?;
        Some(private.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use vestibule_gate::token::jwt::KeyId;

    use super::SealingKey;

    #[test]
    fn a_sealed_key_opens_with_its_secret_and_under_its_own_id_only() {
        let [one, other] = ["one", "other"].map(|id| KeyId::parse(id).unwrap());
        let key = SealingKey::derive("a secret of the operator's, long").unwrap();
        let sealed = key.seal(&one, b"private").unwrap();
        assert_ne!(sealed, key.seal(&one, b"private").unwrap(), "each has a nonce of its own");
        assert_eq!(key.open(&one, &sealed).as_deref(), Some(&b"private"[..]));
        assert_eq!(key.open(&other, &sealed), None, "moved to another row");
        let again = SealingKey::derive("a secret of the operator's, long").unwrap();
        assert!(again.open(&one, &sealed).is_some());
        assert_eq!(SealingKey::derive("a secret of the operator's, lonG").unwrap().open(&one, &sealed), None);
        for bad in ["", "AAAA", &sealed[..sealed.len() - 4], "!"] {
            assert_eq!(key.open(&one, bad), None, "{bad:?}");
        }
    }
}
