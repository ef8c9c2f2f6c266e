//! What an access token says of itself, before anybody spends a signature on it.

use serde_json::Value;

use super::compact::{TokenType, Unverified};
use super::key::KeySet;
use super::verify::time;
use crate::time::Timestamp;

/// The longest `jti` that is handed on, in bytes. Ours have the 52 of a secret.
const MAX_JTI: usize = 64;

/// The `jti` of what looks like an access token of ours that still holds. **It was not verified**: it is good for
/// refusing a token whose `jti` is none, and for nothing else.
#[must_use]
pub fn peek_jti(token: &[u8], keys: &KeySet, now: Timestamp) -> Option<String> {
    let mut token = Unverified::read(token, TokenType::Access, keys).ok()?;
    let expires_at = time(&token.claims, "exp").ok()??;
    match token.claims.remove("jti")? {
        Value::String(jti) if now < expires_at && is_plain(&jti) => Some(jti),
        _ => None,
    }
}

fn is_plain(jti: &str) -> bool {
    (1..=MAX_JTI).contains(&jti.len()) && jti.bytes().all(|b| b.is_ascii_graphic())
}
