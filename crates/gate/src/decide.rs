//! Is it valid? The only place in the house that answers.
//!
//! [`decide`] looks at each claim and at the live table. What the table does not know it returns as a need; the
//! ledger reads it from the store, fills the table and asks again.

use std::fmt;
use std::sync::Arc;

use arrayvec::ArrayVec;

use crate::claims::{Claims, Credential, MAX_CANDIDATES, Source};
use crate::keys::Keys;
use crate::table::{Entry, Found, Memory};
use crate::time::Timestamp;
use crate::token::jwt;
use crate::token::opaque::{SecretKind, TokenHash, is_tagged};
use crate::verdict::{Identity, Verdict};

/// What the table knows nothing of and what may be ours: to be looked up in the store. Empty, and so unallocated, on a
/// hit.
pub type Need = Vec<Unknown>;

/// A credential that memory does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// A secret that carries our tag: what it hashes to.
    Secret(TokenHash),
    /// What may be an access token of ours in the form of a JWT (RFC 9068); its signature has not been looked at.
    Jwt(UnverifiedJwt),
}

/// A JWT whose `jti` carries our tag.
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedJwt {
    /// What the whole token hashes to: the name under which the table remembers it.
    pub hash: TokenHash,
    /// What its `jti` hashes to: the name under which the store has it.
    pub stored_as: TokenHash,
    /// The token.
    pub text: Box<str>,
}

impl fmt::Debug for UnverifiedJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedJwt")
    }
}

/// What can be said now.
#[derive(Debug)]
pub enum Outcome<A = Verdict> {
    /// The answer.
    Answer(A),
    /// Nothing yet: look these up, fill the table, decide again.
    Need(Need),
}

/// Decides who a request comes from.
///
/// No credential: anonymous. Otherwise every candidate is weighed, and the first valid one in the order of
/// [`Source`] wins, unless candidates of one name are valid for different sessions, or cookies of different names
/// for different users (somebody tossed one): then the answer is invalid, and so it is with more than
/// [`MAX_CANDIDATES`] distinct values, and with a token that does not reach far enough.
#[must_use]
pub fn decide(claims: &Claims<'_>, table: &impl Memory, keys: &Keys, now: Timestamp, reach: Reach) -> Outcome {
    if claims.is_empty() {
        return Outcome::Answer(Verdict::anonymous());
    }
    match identify(claims, table, keys, now, reach) {
        Outcome::Answer(identity) => Outcome::Answer(identity.map_or_else(Verdict::invalid, Verdict::valid)),
        Outcome::Need(need) => Outcome::Need(need),
    }
}

/// Decides whose credentials these are, whatever they were given for: for an endpoint that looks at client and scope
/// itself, as the userinfo endpoint does. The rest is as in [`decide`].
#[must_use]
pub fn decide_bearer(
    claims: &Claims<'_>,
    table: &impl Memory,
    keys: &Keys,
    now: Timestamp,
) -> Outcome<Option<Identity>> {
    identify(claims, table, keys, now, Reach::Any)
}

/// How much of its user a credential must speak for ([`crate::verdict::Grant::is_whole`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// For all of them, as a cookie does. Other tokens are no credentials.
    Whole,
    /// For whatever it was given for: whoever asks looks at client and scope.
    Any,
}

fn identify(
    claims: &Claims<'_>,
    table: &impl Memory,
    keys: &Keys,
    now: Timestamp,
    reach: Reach,
) -> Outcome<Option<Identity>> {
    if claims.has_too_many() {
        return Outcome::Answer(None);
    }
    let mut need = Need::new();
    let mut valid: ArrayVec<(Source, Arc<Entry>), MAX_CANDIDATES> = ArrayVec::new();
    for candidate in claims.candidates() {
        match weigh(candidate, table, keys, now) {
            Weighed::Valid(session) if reach == Reach::Any || session.facts().grant.is_whole => {
                valid.push((candidate.source, session));
            }
            Weighed::Valid(_) | Weighed::Worthless => {}
            Weighed::Unknown(unknown) => need.push(unknown),
        }
    }
    if !need.is_empty() {
        return Outcome::Need(need);
    }
    Outcome::Answer(winner(&valid).map(|(source, session)| {
        table.seen(session, now);
        Identity::new(Arc::clone(session), source, table.end_of(session))
    }))
}

enum Weighed {
    Valid(Arc<Entry>),
    Worthless,
    Unknown(Unknown),
}

/// Weighs one candidate. The table is asked before the tag is computed: a hit needs no HMAC, since its hash is that
/// of a secret that we have sealed, or of a JWT that was verified.
fn weigh(candidate: &Credential<'_>, table: &impl Memory, keys: &Keys, now: Timestamp) -> Weighed {
    let Credential { source, value } = *candidate;
    let kind = source.kind_of(value);
    if kind.is_none() && !(source.accepts_jwt() && may_be_jwt(value)) {
        return Weighed::Worthless;
    }
    let hash = TokenHash::of(value);
    match table.look_up(&hash) {
        Found::Live(session) if table.is_alive(&session, now) => Weighed::Valid(session),
        Found::Live(session) if !table.may_be_used_elsewhere(&session, now) => Weighed::Worthless,
        Found::Dead => Weighed::Worthless,
        Found::Live(_) | Found::Unknown => match kind {
            Some(kind) if is_tagged(kind, value, keys.tag()) => Weighed::Unknown(Unknown::Secret(hash)),
            Some(_) => Weighed::Worthless,
            None => peek(value, hash, keys, now).map_or(Weighed::Worthless, |jwt| Weighed::Unknown(Unknown::Jwt(jwt))),
        },
    }
}

/// What looks like a JWT of ours, holds, and has a `jti` with our tag: only that is worth a look at its signature.
fn peek(value: &[u8], hash: TokenHash, keys: &Keys, now: Timestamp) -> Option<UnverifiedJwt> {
    let jti = jwt::peek_jti(value, &keys.published(), now)?;
    if !is_tagged(SecretKind::JwtId, jti.as_bytes(), keys.tag()) {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?.into();
    Some(UnverifiedJwt { hash, stored_as: TokenHash::of(jti.as_bytes()), text })
}

/// Cheap, and wrong only about what is refused later: no opaque secret begins like this.
fn may_be_jwt(value: &[u8]) -> bool {
    value.starts_with(b"ey") && value.len() <= jwt::MAX_TOKEN && memchr::memchr_iter(b'.', value).count() == 2
}

/// The first valid candidate in the order of the sources, if none of the others contradicts.
fn winner(valid: &[(Source, Arc<Entry>)]) -> Option<(Source, &Arc<Entry>)> {
    let (source, session) = valid.iter().min_by_key(|(source, _)| *source)?;
    let contradicts = |(other_source, other): &(Source, Arc<Entry>)| {
        if other_source == source {
            other.id != session.id
        } else {
            // A bearer token speaks for itself, whatever cookies travel beside it.
            *source != Source::Bearer && other.user != session.user
        }
    };
    // Two later sources, or two values of one later name, may contradict each other too.
    let doubled = |a: &(Source, Arc<Entry>)| valid.iter().any(|b| a.0 == b.0 && a.1.id != b.1.id);
    if valid.iter().any(contradicts) || valid.iter().any(doubled) { None } else { Some((*source, session)) }
}

#[cfg(test)]
mod tests;
