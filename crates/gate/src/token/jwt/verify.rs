//! Whether a presented token is one that we made, for whom it is presented to, and still holds.

use serde_json::{Map, Value};

use super::compact::{TokenType, Unverified};
use super::error::JwtError;
use super::key::{KeyId, KeySet};
use crate::time::{Span, Timestamp};

/// Whom a token must be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience<'e> {
    /// Among its audiences is this one.
    Includes(&'e str),
    /// Whoever: an `id_token_hint` says itself which client it was issued to.
    Anybody,
}

/// What the end of a token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It is refused from then on.
    Counts,
    /// Nothing: an `id_token_hint` says whom somebody means, and lets nobody in.
    Ignored,
}

/// What a token must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'e> {
    /// Of which type.
    pub token_type: TokenType,
    /// From whom: `public_url`.
    pub issuer: &'e str,
    /// For whom.
    pub audience: Audience<'e>,
    /// Until when.
    pub expiry: Expiry,
}

/// The claims of a token that is all that was expected. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    key: KeyId,
    claims: Map<String, Value>,
    subject: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

impl Verified {
    /// Which key signed it.
    #[must_use]
    pub const fn key(&self) -> &KeyId {
        &self.key
    }

    /// `sub`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `iat`.
    #[must_use]
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// `exp`. With [`Expiry::Ignored`] it may be over.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// `aud`, one or many.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        audiences(&self.claims)
    }

    /// A claim that is a text: `jti`, `client_id`, `scope`, `sid`, `nonce`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// Any claim.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

/// Verifies a token: shape and header, then the signature, then what it says.
///
/// # Errors
/// [`JwtError`], the first that was found.
pub fn verify(token: &str, keys: &KeySet, expected: &Expected<'_>, now: Timestamp) -> Result<Verified, JwtError> {
    let token = Unverified::read(token.as_bytes(), expected.token_type, keys)?;
    if !token.key.verifies(token.signed, token.signature) {
        return Err(JwtError::Signature);
    }
    let Unverified { claims, key, .. } = token;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).ok_or(JwtError::Claims);
    if text("iss")? != expected.issuer {
        return Err(JwtError::Issuer);
    }
    if !is_audience(&claims, expected.audience)? {
        return Err(JwtError::Audience);
    }
    if expected.token_type == TokenType::Access {
        text("jti")?;
    }
    let (issued_at, expires_at) = times(&claims, expected.expiry, now)?;
    let subject = text("sub")?.to_owned();
    Ok(Verified { key: key.id().clone(), subject, issued_at, expires_at, claims })
}

/// Whether it is made for whom it must be. Texts only, and at least one.
fn is_audience(claims: &Map<String, Value>, expected: Audience<'_>) -> Result<bool, JwtError> {
    match claims.get("aud") {
        Some(Value::String(_)) => {}
        Some(Value::Array(list)) if !list.is_empty() && list.iter().all(Value::is_string) => {}
        Some(_) | None => return Err(JwtError::Claims),
    }
    Ok(match expected {
        Audience::Includes(audience) => audiences(claims).any(|found| found == audience),
        Audience::Anybody => true,
    })
}

fn audiences(claims: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let claim = claims.get("aud");
    let many = claim.and_then(Value::as_array).into_iter().flatten();
    claim.and_then(Value::as_str).into_iter().chain(many.filter_map(Value::as_str))
}

/// `iat` and `exp`, if this is the time between them.
fn times(claims: &Map<String, Value>, expiry: Expiry, now: Timestamp) -> Result<(Timestamp, Timestamp), JwtError> {
    let issued_at = time(claims, "iat")?.ok_or(JwtError::Claims)?;
    let expires_at = time(claims, "exp")?.ok_or(JwtError::Claims)?;
    let not_before = time(claims, "nbf")?.unwrap_or(issued_at);
    if expiry == Expiry::Counts && now >= expires_at {
        return Err(JwtError::Expired);
    }
    if issued_at.max(not_before) > now.plus(CLOCKS_DIFFER) {
        return Err(JwtError::NotYet);
    }
    Ok((issued_at, expires_at))
}

/// A claim that is a time: whole seconds since 1970, before the year 10000.
pub(super) fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, JwtError> {
    let Some(claim) = claims.get(name) else { return Ok(None) };
    let seconds = claim.as_i64().filter(|seconds| (0..=LAST_SECOND).contains(seconds)).ok_or(JwtError::Claims)?;
    Ok(Some(Timestamp::from_millis(seconds * 1000)))
}

/// The clock may have been set back since the token was made.
const CLOCKS_DIFFER: Span = Span::from_seconds(60);
/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;
