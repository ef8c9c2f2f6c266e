//! The doors that decide, over HTTP: `check` for proxies that look at the status, `forward` for those that hand a refusal
//! to the browser. Never a body; who somebody is stands in no answer but a 200.

use std::sync::Arc;

use arrayvec::ArrayVec;
use vestibule_gate::claims::Claims;
use vestibule_gate::original::{Dialect, Own, Unreadable, describe, navigates};
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::Verdict;

use super::denial::Denial;
use super::door::{Manner, Terms};
use super::passage::{Passage, Weighed};
use super::policy::Policy;
use super::resolve::{Clock, Resolver, say_fault};
use super::trace::TRACE;
use crate::explain::Explanation;
use crate::listen::Peer;
use crate::ops::resolves::Outcome;
use crate::wire::answer::{self, After, Status};
use crate::wire::head::Head;

/// More `X-Forwarded-For` lines than this are nobody's proxies, and tell no address.
const MAX_LINES: usize = 8;

/// A question that was read.
#[derive(Debug)]
pub struct MayPass<'b> {
    pub(super) passage: Passage<'b>,
    dialect: Dialect,
    /// The refusal goes to a browser that shows a page.
    pub(super) navigates: bool,
    /// Whoever asks may be told why.
    traced: bool,
}

impl Resolver {
    /// Reads what a proxy asks.
    ///
    /// # Errors
    /// The refusal of a question that cannot be read, or of a peer that is not believed.
    pub(super) fn may_pass<'b>(
        &self,
        head: &Head<'_, 'b>,
        terms: Terms<'b>,
        peer: Peer,
    ) -> Result<MayPass<'b>, Denial> {
        let policy = self.policy_towards(peer)?;
        self.read_question(&policy, terms, head.method_name.as_bytes(), head.headers())
    }

    /// What is in force, for a peer that is believed.
    ///
    /// # Errors
    /// The refusal of any other.
    pub(super) fn policy_towards(&self, peer: Peer) -> Result<Arc<Policy>, Denial> {
        let policy = self.policy();
        if policy.proxies.believes(peer) {
            return Ok(policy);
        }
        policy.proxies.tell_of_question(peer);
        Err(Denial::not_believed())
    }

    /// Reads the question of a peer that is believed: the same for every door.
    ///
    /// # Errors
    /// The refusal of one that cannot be read.
    pub(super) fn read_question<'b>(
        &self,
        policy: &Arc<Policy>,
        terms: Terms<'b>,
        method: &'b [u8],
        headers: impl Iterator<Item = (&'b [u8], &'b [u8])> + Clone,
    ) -> Result<MayPass<'b>, Denial> {
        let Terms { manner, dialect, rest } = terms;
        let traced = policy.trace.as_ref().is_some_and(|secret| secret.is_in(headers.clone()));
        let unreadable = |why: Unreadable| {
            tracing::debug!(%why, ?dialect, "a question of a proxy cannot be read");
            let trace = traced.then(|| Explanation::unreadable(&why).in_one_line());
            Denial { trace, ..Denial::unreadable(manner) }
        };
        let own = Own { method, target: rest };
        let described = describe(dialect, own, headers.clone()).map_err(unreadable)?;
        let claims = Claims::read(headers.clone(), self.cookies());
        let passage = Passage::read(policy, &described, claims, &forwarded_for(headers.clone())).map_err(unreadable)?;
        let navigates = manner == Manner::Forward && navigates(described.method, headers);
        Ok(MayPass { passage, dialect, navigates, traced })
    }

    /// Appends the whole answer to a question that memory can answer. Never waits.
    pub(super) fn pass_from_memory(
        &self,
        question: &MayPass<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Option<Outcome> {
        let weighed = self.weigh_from_memory(&question.passage, clock.now)?;
        Some(self.say_whether(&weighed, question, after, clock, out))
    }

    /// Appends the whole answer to a question for which the store has to be asked.
    pub(super) async fn pass_from_store(
        &self,
        question: &MayPass<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        match self.weigh(&question.passage, clock.now).await {
            Ok(weighed) => self.say_whether(&weighed, question, after, clock, out),
            Err(fault) => say_fault(&fault, after, clock, out),
        }
    }

    fn say_whether(
        &self,
        weighed: &Weighed,
        question: &MayPass<'_>,
        after: After,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        let Weighed { verdict, ruling } = weighed;
        let trace = self.trace_of(question, verdict, clock.now);
        if let Some(denial) = Denial::of(ruling, &question.passage, question.navigates) {
            return say_no(&Denial { trace, ..denial }, after, clock, out);
        }
        let assertion = match self.assertion_for(&question.passage, verdict, clock.now) {
            Ok(assertion) => assertion,
            Err(fault) => return say_fault(&fault, after, clock, out),
        };
        answer::begin(out, Status::Ok, clock.date, clock.now);
        answer::cache_control(out, None);
        let before = out.len();
        verdict.write_headers(self.names(), assertion.as_deref(), out);
        if question.dialect == Dialect::Envoy {
            self.list_what_is_missing(before, out);
        }
        say_why(trace.as_deref(), out);
        answer::end(out, after);
        outcome_of(verdict)
    }

    /// Why, in a line, if whoever asks may be told.
    pub(super) fn trace_of(&self, question: &MayPass<'_>, verdict: &Verdict, now: Timestamp) -> Option<String> {
        question.traced.then(|| self.explain(&question.passage, verdict, now).in_one_line())
    }

    /// For Envoy, which only overrides: names the identity headers that this answer does not carry, so that the client's
    /// own go. Removal comes after setting there, so none that it does carry may be named.
    fn list_what_is_missing(&self, from: usize, out: &mut Vec<u8>) {
        let missing = self.missing_from(&out[from..]).join(",");
        if !missing.is_empty() {
            answer::line(out, "x-envoy-auth-headers-to-remove", &missing);
        }
    }

    /// The identity headers that are not among these header lines.
    pub(super) fn missing_from(&self, lines: &[u8]) -> Vec<&str> {
        let is_carried = |name: &str| {
            lines
                .split(|&b| b == b'\n')
                .any(|line| line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b":")))
        };
        self.names().all().iter().map(AsRef::as_ref).filter(|name| !is_carried(name)).collect()
    }
}

/// Appends a refusal.
pub(super) fn say_no(denial: &Denial, after: After, clock: Clock<'_>, out: &mut Vec<u8>) -> Outcome {
    answer::begin(out, denial.status, clock.date, clock.now);
    answer::cache_control(out, None);
    if let Some(challenge) = &denial.challenge {
        answer::line(out, "WWW-Authenticate", challenge);
    }
    if let Some(location) = &denial.location {
        answer::line(out, "Location", location);
    }
    say_why(denial.trace.as_deref(), out);
    answer::end(out, after);
    Outcome::Denied
}

fn say_why(trace: Option<&str>, out: &mut Vec<u8>) {
    if let Some(trace) = trace {
        answer::line(out, TRACE, trace);
    }
}

/// How a question that was answered counts.
pub(super) fn outcome_of(verdict: &Verdict) -> Outcome {
    match verdict.identity() {
        Some(_) => Outcome::Valid,
        None if verdict.is_anonymous() => Outcome::Anonymous,
        None => Outcome::Invalid,
    }
}

fn forwarded_for<'b>(headers: impl Iterator<Item = (&'b [u8], &'b [u8])>) -> ArrayVec<&'b [u8], MAX_LINES> {
    let mut lines = ArrayVec::new();
    for (name, value) in headers {
        if name.eq_ignore_ascii_case(b"x-forwarded-for") && lines.try_push(value).is_err() {
            lines.clear();
            break;
        }
    }
    lines
}
