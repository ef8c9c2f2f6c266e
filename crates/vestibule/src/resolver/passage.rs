//! "May this request pass?", for every door that decides: what was asked, who asks, and what the rules say of both.
//!
//! The doors differ in how a proxy describes the request and in how the answer is worded; what is decided is decided
//! here, once.

use std::net::IpAddr;
use std::sync::Arc;

use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::original::{Described, Original, Unreadable};
use vestibule_gate::rules::{Rules, Ruling};
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::Verdict;
use vestibule_ledger::Fault;
use vestibule_ledger::assertion::Asked;

use super::policy::Policy;
use super::resolve::Resolver;

/// A request that wants to pass.
#[derive(Debug)]
pub struct Passage<'b> {
    /// What is in force.
    pub policy: Arc<Policy>,
    /// What was asked.
    pub original: Original<'b>,
    /// Who asks, unverified.
    pub claims: Claims<'b>,
    /// The client's address, if a believed peer tells one.
    pub client: Option<IpAddr>,
}

/// What came of it.
#[derive(Debug)]
pub struct Weighed {
    /// Who it is.
    pub verdict: Verdict,
    /// Whether it may pass.
    pub ruling: Ruling,
}

impl<'b> Passage<'b> {
    /// Reads what a believed peer describes.
    ///
    /// # Errors
    /// When it has no reading, or more than one.
    pub fn read(
        policy: &Arc<Policy>,
        described: &Described<'b>,
        claims: Claims<'b>,
        forwarded_for: &[&[u8]],
    ) -> Result<Self, Unreadable> {
        Ok(Self {
            original: Original::read(described, policy.rules.policies())?,
            client: policy.proxies.right_most_stranger(forwarded_for),
            policy: Arc::clone(policy),
            claims,
        })
    }

    /// Whether a bearer token came along, good or bad.
    #[must_use]
    pub fn has_bearer(&self) -> bool {
        self.claims.has(Source::Bearer)
    }

    fn judge(&self, rules: &Rules, verdict: &Verdict, now: Timestamp) -> Ruling {
        rules.find(&self.original).judge(verdict.identity(), self.client, now)
    }
}

impl Resolver {
    /// Decides from memory, or not at all. Never waits.
    #[must_use]
    pub fn weigh_from_memory(&self, passage: &Passage<'_>, now: Timestamp) -> Option<Weighed> {
        let reach = passage.policy.rules.find(&passage.original).reach();
        let verdict = self.ledger().live().answer_from_memory(&passage.claims, now, reach)?;
        Some(self.judged(passage, verdict, now))
    }

    /// Decides, from the store where memory does not know.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be known who asks.
    pub async fn weigh(&self, passage: &Passage<'_>, now: Timestamp) -> Result<Weighed, Fault> {
        let reach = passage.policy.rules.find(&passage.original).reach();
        let verdict = self.load(&passage.claims, now, reach).await?;
        Ok(self.judged(passage, verdict, now))
    }

    /// What an answer that lets a request pass carries: an assertion for the host, if a rule names it.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be signed: then the request does not pass.
    pub fn assertion_for(
        &self,
        passage: &Passage<'_>,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<Option<Arc<str>>, Fault> {
        let (Some(assertions), Some(identity)) = (self.assertions(), verdict.identity()) else { return Ok(None) };
        let original = &passage.original;
        // A client can think up any other.
        if !passage.policy.rules.names_host(original.host()) {
            return Ok(None);
        }
        let asked = Asked { host: original.host(), method: original.method(), target: original.target() };
        assertions.of_request(identity, &asked, now).map(Some)
    }

    fn judged(&self, passage: &Passage<'_>, verdict: Verdict, now: Timestamp) -> Weighed {
        let ruling = passage.judge(&passage.policy.rules, &verdict, now);
        if let (Some(shadow), Ruling::Permit) = (&passage.policy.shadow, &ruling) {
            self.try_out(&shadow.rules, passage, now);
        }
        Weighed { verdict, ruling }
    }

    /// Logs when the rules that are tried would not let pass what passes. They may let another credential count.
    fn try_out(&self, shadow: &Rules, passage: &Passage<'_>, now: Timestamp) {
        let found = shadow.find(&passage.original);
        // What memory has just forgotten is seen at the next request.
        let Some(verdict) = self.ledger().live().answer_from_memory(&passage.claims, now, found.reach()) else {
            return;
        };
        let ruling = passage.judge(shadow, &verdict, now);
        if matches!(ruling, Ruling::Permit) {
            return;
        }
        tracing::info!(
            host = passage.original.host(),
            method = passage.original.method(),
            path = passage.original.path(),
            rule = found.index(),
            name = found.rule().and_then(|rule| rule.name.as_deref()),
            user = verdict.identity().map(|identity| identity.user().to_string()),
            %ruling,
            "the rules that are tried would not let this request pass"
        );
    }
}
