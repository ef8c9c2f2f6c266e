//! Where every secret, key and id comes from. The only reader of the random source.

use aws_lc_rs::rand;
use uuid::Uuid;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::{Secret, SecretKind, TagKey};

use crate::fault::Fault;

/// So many random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the mint")]
    rand::fill(&mut bytes).map_err(|_| Fault::NoRandomness)?;
    Ok(bytes)
}

/// A new session secret.
pub(crate) fn session_secret(key: &TagKey) -> Result<Secret, Fault> {
    Ok(Secret::seal(SecretKind::Session, &random()?, key))
}

/// A new user's id.
pub(crate) fn user_id(now: Timestamp) -> Result<UserId, Fault> {
    Ok(UserId::from_uuid(uuid_v7(now)?))
}

/// A new session's id.
pub(crate) fn session_id(now: Timestamp) -> Result<SessionId, Fault> {
    Ok(SessionId::from_uuid(uuid_v7(now)?))
}

/// RFC 9562 section 5.7: a 48-bit time in milliseconds and 74 random bits.
fn uuid_v7(now: Timestamp) -> Result<Uuid, Fault> {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid())
}
