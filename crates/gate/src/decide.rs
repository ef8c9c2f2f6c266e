//! Is it valid? The only place in the house that answers.
//!
//! [`decide`] looks at each claim and at the live table. What the table does not know it returns as a need; the
//! ledger reads it from the store, fills the table and asks again.

use std::sync::Arc;

use arrayvec::ArrayVec;

use crate::claims::{Claims, Credential, MAX_CANDIDATES, Source};
use crate::table::{Entry, Found, Table};
use crate::time::Timestamp;
use crate::token::opaque::{TagKey, TokenHash, has_shape, is_tagged};
use crate::verdict::Verdict;

/// Secrets that the table knows nothing of and that carry our tag: their hashes, to be looked up in the store.
/// Empty, and so unallocated, on a hit.
pub type Need = Vec<TokenHash>;

/// What can be said now.
#[derive(Debug)]
pub enum Outcome {
    /// The verdict.
    Answer(Verdict),
    /// Nothing yet: look these up, fill the table, decide again.
    Need(Need),
}

/// Decides who a request comes from.
///
/// No credential: anonymous. Otherwise every candidate is weighed, and the first valid one in the order of
/// [`Source`] wins, unless candidates of one name are valid for different sessions, or cookies of different names
/// for different users (somebody tossed one): then the answer is invalid, and so it is with more than
/// [`MAX_CANDIDATES`] distinct values.
#[must_use]
pub fn decide(claims: &Claims<'_>, table: &Table, key: &TagKey, now: Timestamp) -> Outcome {
    if claims.is_empty() {
        return Outcome::Answer(Verdict::anonymous());
    }
    if claims.has_too_many() {
        return Outcome::Answer(Verdict::invalid());
    }
    let mut need = Need::new();
    let mut valid: ArrayVec<(Source, Arc<Entry>), MAX_CANDIDATES> = ArrayVec::new();
    for candidate in claims.candidates() {
        match weigh(candidate, table, key, now) {
            Weighed::Valid(session) => valid.push((candidate.source, session)),
            Weighed::Worthless => {}
            Weighed::Unknown(hash) => need.push(hash),
        }
    }
    if !need.is_empty() {
        return Outcome::Need(need);
    }
    Outcome::Answer(match winner(&valid) {
        Some((source, session)) => {
            table.seen(session, now);
            Verdict::valid(Arc::clone(session), source, table.end_of(session))
        }
        None => Verdict::invalid(),
    })
}

enum Weighed {
    Valid(Arc<Entry>),
    Worthless,
    Unknown(TokenHash),
}

/// Weighs one candidate. The table is asked before the tag is computed: a hit needs no HMAC, since its hash is that
/// of a secret that we have sealed.
fn weigh(candidate: &Credential<'_>, table: &Table, key: &TagKey, now: Timestamp) -> Weighed {
    let Some(kind) = candidate.source.accepts() else { return Weighed::Worthless };
    if !has_shape(kind, candidate.value) {
        return Weighed::Worthless;
    }
    let hash = TokenHash::of(candidate.value);
    match table.look_up(&hash) {
        Found::Live(session) if table.is_alive(&session, now) => Weighed::Valid(session),
        Found::Live(_) | Found::Dead => Weighed::Worthless,
        Found::Unknown if is_tagged(kind, candidate.value, key) => Weighed::Unknown(hash),
        Found::Unknown => Weighed::Worthless,
    }
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
