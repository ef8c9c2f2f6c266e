//! Where every secret, key and id comes from. The only reader of the random source.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use uuid::Uuid;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};
use vestibule_gate::token::opaque::{Secret, SecretKind, TagKey};

use crate::fault::Fault;

/// So many random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the mint")]
    rand::fill(&mut bytes).map_err(|_| Fault::NoRandomness)?;
    Ok(bytes)
}

/// A word that nobody can guess, for one run of a program to know its own by: 32 hexadecimal digits.
///
/// # Errors
/// [`Fault::NoRandomness`].
pub fn mark() -> Result<String, Fault> {
    Ok(format!("{:032x}", u128::from_be_bytes(random()?)))
}

/// A new session secret.
pub(crate) fn session_secret(key: &TagKey) -> Result<Secret, Fault> {
    secret(SecretKind::Session, key)
}

/// A new secret of a kind.
pub(crate) fn secret(kind: SecretKind, key: &TagKey) -> Result<Secret, Fault> {
    Ok(Secret::seal(kind, &random()?, key))
}

/// A new signing key's id: 16 hexadecimal digits, which tell nothing of the key.
pub(crate) fn key_id() -> Result<KeyId, Fault> {
    let id = format!("{:016x}", u64::from_be_bytes(random()?));
    KeyId::parse(&id).map_err(|_| Fault::NoRandomness)
}

/// A new private key (PKCS #8, RFC 5958); RSA has 2048 bits. RSA takes from a tenth of a second to seconds.
pub(crate) fn private_key(algorithm: SigningAlgorithm) -> Result<Vec<u8>, Fault> {
    let made = || match algorithm {
        SigningAlgorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
            let der: Pkcs8V1Der<'_> = pair.as_der()?;
            Ok(der.as_ref().to_vec())
        }
        SigningAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
            Ok(pair.to_pkcs8v1()?.as_ref().to_vec())
        }
        SigningAlgorithm::EdDsa => Ok(Ed25519KeyPair::generate()?.to_pkcs8()?.as_ref().to_vec()),
    };
    made().map_err(|_: Unspecified| Fault::NoRandomness)
}

/// A new user's id.
pub(crate) fn user_id(now: Timestamp) -> Result<UserId, Fault> {
    Ok(UserId::from_uuid(uuid_v7(now)?))
}

/// A new session's id.
pub(crate) fn session_id(now: Timestamp) -> Result<SessionId, Fault> {
    Ok(SessionId::from_uuid(uuid_v7(now)?))
}

/// What a process is called among those that share a store.
pub(crate) fn process_id(now: Timestamp) -> Result<String, Fault> {
    Ok(uuid_v7(now)?.to_string())
}

/// RFC 9562 section 5.7: a 48-bit time in milliseconds and 74 random bits.
fn uuid_v7(now: Timestamp) -> Result<Uuid, Fault> {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid())
}
