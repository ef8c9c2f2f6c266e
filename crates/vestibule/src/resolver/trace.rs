//! The trace: an answer that says why, for whoever knows a secret of the operator. Off unless the secret is configured;
//! then a request without it costs one comparison of names a header.

use std::fmt;

use vestibule_gate::time::Timestamp;
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::Verdict;

use super::passage::Passage;
use super::resolve::Resolver;
use crate::explain::{Credentials, Explanation, Reasons};
use vestibule_gate::rules::Who;

/// The header that carries the secret in a question, and what it asks for in the answer.
pub(super) const TRACE: &str = "X-Vestibule-Trace";

/// What the secret hashes to. Prints as its name.
#[derive(Clone, PartialEq, Eq)]
pub struct TraceSecret(TokenHash);

impl TraceSecret {
    /// Of this secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(TokenHash::of(secret.as_bytes()))
    }

    /// Whether a question carries it, once. Compared in constant time.
    #[must_use]
    pub fn is_in<'r>(&self, headers: impl Iterator<Item = (&'r [u8], &'r [u8])>) -> bool {
        let mut values = headers.filter(|(name, _)| name.eq_ignore_ascii_case(TRACE.as_bytes()));
        let only = values.next().filter(|_| values.next().is_none());
        only.is_some_and(|(_, value)| self.0.is_of(value))
    }
}

impl fmt::Debug for TraceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TraceSecret")
    }
}

impl Resolver {
    /// Why a request was answered as it was.
    #[must_use]
    pub fn explain(&self, passage: &Passage<'_>, verdict: &Verdict, now: Timestamp) -> Explanation {
        let policy = &passage.policy;
        let found = policy.rules.find(&passage.original);
        let who = verdict.identity().map(Who::of);
        let credentials = Credentials::of(self.ledger(), &passage.claims, verdict, found.reach(), now);
        let reasons = Reasons::of(&found, who.as_ref(), passage.client, now, &policy.places);
        let explanation = Explanation::new(&passage.original, credentials, passage.client, reasons);
        let Some(shadow) = &policy.shadow else { return explanation };
        let found = shadow.rules.find(&passage.original);
        // They may let another credential count; what memory has just forgotten is seen at the next request.
        let seen = self.ledger().live().answer_from_memory(&passage.claims, now, found.reach());
        let who = seen.as_ref().and_then(Verdict::identity).map(Who::of);
        explanation.beside(&Reasons::of(&found, who.as_ref(), passage.client, now, &shadow.places))
    }
}

#[cfg(test)]
mod tests {
    use super::TraceSecret;

    #[test]
    fn the_secret_must_be_there_once_and_whole() {
        let secret = TraceSecret::new("correct horse battery staple....");
        let with = |lines: &[(&str, &str)]| {
            secret.is_in(lines.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())))
        };
        let good = ("x-vestibule-trace", "correct horse battery staple....");
        assert!(with(&[("host", "a"), good]));
        assert!(!with(&[]) && !with(&[good, good]) && !with(&[("x-vestibule-trace", "")]));
        assert!(!with(&[("x-vestibule-trace", "correct horse battery staple...")]));
        assert_eq!(format!("{secret:?}"), "TraceSecret");
    }
}
