//! The resolve door: "who is this?", as the contract has it. A head in, a whole answer out.
//!
//! Always 200 with the verdict in the headers, or 503 when the verdict cannot be known; never a body, never a cookie.
//! A hit in the live table meets no `await` and allocates nothing.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use vestibule_gate::claims::cacheable::{CacheKey, may_be_kept};
use vestibule_gate::claims::{Claims, CookieNames};
use vestibule_gate::decide::Reach;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::verdict::{HeaderNames, Identity, Verdict};
use vestibule_ledger::assertion::Assertions;
use vestibule_ledger::{Fault, Ledger};

use super::may_pass::outcome_of;
use super::policy::Policy;
use crate::ops::resolves::Outcome;
use crate::wire::answer::{self, After, Date, Status};
use crate::wire::head::{Head, Method};

/// Whether proxies may keep answers for a while: `[resolver] cache_for` and `cache_key_cookie`.
#[derive(Debug, Clone)]
pub struct Caching {
    /// How long, at most. Nothing is kept for less than a second.
    pub longest: Span,
    /// The cookie in the proxies' key.
    pub key: CacheKey,
}

/// What is needed to answer. One for all connections.
pub struct Resolver {
    ledger: Ledger,
    names: HeaderNames,
    cookies: CookieNames,
    /// The cookie in the proxies' cache key, once caching is on. It follows from the cookies' names, which stay.
    key: OnceLock<CacheKey>,
    /// `[resolver] cache_for` in milliseconds; an atomic, so that it can change while connections read it. 0 for off.
    longest: AtomicI64,
    /// How long the store may take; a proxy asks again, or gives up, long before its own time-out.
    patience: Duration,
    /// What signs assertions, where answers carry them.
    assertions: Option<Assertions>,
    /// What the doors that decide are told.
    policy: ArcSwap<Policy>,
}

/// A request to this door that is to be answered with a verdict.
#[derive(Debug)]
pub struct Question<'b> {
    claims: Claims<'b>,
    /// For how long a proxy may keep the answer, at most, if the claims allow it.
    keep_for: Option<Span>,
}

impl Resolver {
    /// Answers from this ledger. Header and cookie names are those of the ledger's settings. Proxies may keep nothing
    /// until [`Resolver::set_caching`] says so.
    #[must_use]
    pub fn new(ledger: Ledger, patience: Duration) -> Self {
        let settings = ledger.settings();
        Self {
            names: HeaderNames::new(&settings.headers),
            cookies: settings.cookies.clone(),
            longest: AtomicI64::new(0),
            key: OnceLock::new(),
            patience,
            assertions: Assertions::new(&ledger),
            ledger,
            policy: ArcSwap::from_pointee(Policy::default()),
        }
    }

    /// Puts a policy in force for the questions that begin from now on. Until then it is [`Policy::default`].
    pub fn set_policy(&self, policy: Policy) {
        self.policy.store(Arc::new(policy));
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    pub(crate) const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) const fn names(&self) -> &HeaderNames {
        &self.names
    }

    pub(super) const fn assertions(&self) -> Option<&Assertions> {
        self.assertions.as_ref()
    }

    pub(super) const fn cookies(&self) -> &CookieNames {
        &self.cookies
    }

    /// For how long proxies may keep answers, at most; `None` for not at all. The key is that of the first time.
    pub fn set_caching(&self, caching: Option<Caching>) {
        let longest = caching.map_or(0, |Caching { longest, key }| {
            self.key.get_or_init(|| key);
            longest.millis()
        });
        self.longest.store(longest, Ordering::Relaxed);
    }

    fn cache_for(&self) -> Option<Span> {
        Some(self.longest.load(Ordering::Relaxed)).filter(|&longest| longest > 0).map(Span::from_millis)
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ledger.now()
    }

    /// Reads what a request asks.
    ///
    /// # Errors
    /// 405 for another method than `GET` and `HEAD`.
    pub fn question<'b>(&self, head: &Head<'_, 'b>) -> Result<Question<'b>, Status> {
        match head.method {
            Method::Get | Method::Head => {}
            Method::Other => return Err(Status::MethodNotAllowed),
        }
        Ok(Question {
            claims: Claims::read(head.headers(), &self.cookies),
            // Behind a tab, nginx reads another cookie line than we do.
            keep_for: self.cache_for().filter(|_| !head.has_tab_before_cookies()),
        })
    }

    /// Appends the whole answer to a question that memory can answer. Never waits.
    pub(super) fn answer_from_memory(
        &self,
        question: &Question<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Option<Outcome> {
        let verdict = self.ledger.live().answer_from_memory(&question.claims, clock.now, Reach::Whole)?;
        Some(self.say(&verdict, question, after, clock, out))
    }

    /// Appends the whole answer to a question for which the store has to be asked.
    pub(super) async fn answer_from_store(
        &self,
        question: &Question<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        match self.load(&question.claims, clock.now, Reach::Whole).await {
            Ok(verdict) => self.say(&verdict, question, after, clock, out),
            Err(fault) => say_fault(&fault, after, clock, out),
        }
    }

    /// Who it is, from the store where memory does not know, in bounded time.
    pub(super) async fn load(&self, claims: &Claims<'_>, now: Timestamp, reach: Reach) -> Result<Verdict, Fault> {
        let answer = self.ledger.live().answer(claims, now, reach);
        match tokio::time::timeout(self.patience, answer).await {
            Ok(verdict) => verdict,
            Err(_) => Err(Fault::Store("it did not answer in time".to_owned())),
        }
    }

    fn say(
        &self,
        verdict: &Verdict,
        question: &Question<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let identity = verdict.identity();
        let assertion = match self.assertion_of(identity, clock.now) {
            Ok(assertion) => assertion,
            Err(fault) => return say_fault(&fault, after, clock, out),
        };
        answer::begin(out, Status::Ok, clock.date, clock.now);
        answer::cache_control(out, identity.and_then(|identity| self.max_age(identity, question, clock.now)));
        verdict.write_headers(&self.names, assertion.as_deref(), out);
        answer::end(out, after);
        outcome_of(verdict)
    }

    /// What an answer carries where nobody knows what is asked for.
    fn assertion_of(&self, identity: Option<&Identity>, now: Timestamp) -> Result<Option<Arc<str>>, Fault> {
        let (Some(assertions), Some(identity)) = (&self.assertions, identity) else { return Ok(None) };
        assertions.of(identity, now)
    }

    /// For how many seconds a proxy may keep this answer; `None` for not at all.
    fn max_age(&self, identity: &Identity, question: &Question<'_>, now: Timestamp) -> Option<u64> {
        if self.assertions.is_some() {
            // It ends before a cache would let it go.
            return None;
        }
        let longest = question.keep_for?.min(identity.remaining(now));
        let seconds = u64::try_from(longest.seconds()).ok().filter(|&seconds| seconds > 0)?;
        let key = self.key.get()?;
        may_be_kept(&question.claims, identity.source(), &self.cookies, key).then_some(seconds)
    }
}

/// Appends the answer of somebody who cannot say.
pub(super) fn say_fault(fault: &Fault, after: After, clock: Clock<'_>, out: &mut Vec<u8>) -> Outcome {
    tracing::error!(%fault, "a question of a proxy could not be answered");
    answer::bare(out, Status::ServiceUnavailable, after, clock.date, clock.now);
    Outcome::Fault
}

/// The time of an answer, and its rendering.
pub struct Clock<'d> {
    /// Read once a request.
    pub now: Timestamp,
    /// The connection's `Date` line.
    pub date: &'d mut Date,
}
