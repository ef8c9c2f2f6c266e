//! An entry of the table: a credential, the session that it stands for, and its answer's lines, rendered once and
//! shared with every entry that says the same.
//!
//! Ten million of them fit into memory, so every field has to say why it is here. An entry is 136 bytes, its facts
//! aside; the three places that know it (by credential, session, user) hold a pointer each.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::id::{SessionId, UserId};
use crate::time::{Span, Timestamp};
use crate::token::opaque::TokenHash;
use crate::verdict::{Facts, IdentityHeaders};

use super::Activity;
use super::assertions::Assertions;

/// A live session as the store has it.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// Its user.
    pub user: UserId,
    /// Last real authentication; [`Timestamp::NEVER`] when there was none.
    pub authenticated_at: Timestamp,
    /// Last use that the store knows.
    pub last_seen: Timestamp,
    /// The absolute limit.
    pub expires_at: Timestamp,
    /// The rest of its answer.
    pub facts: Facts,
}

/// Facts and the header lines that say them. Shared by all who say the same; by nobody where each session says something
/// of its own, as with assertions.
#[derive(Debug)]
pub(super) struct SharedFacts {
    facts: Facts,
    lines: Box<[u8]>,
    /// Only where there are any, so where nobody shares this.
    assertions: Option<Assertions>,
}

impl SharedFacts {
    pub(super) fn new(row: &SessionRow, headers: &IdentityHeaders) -> Self {
        let facts = row.facts.clone();
        let assertions = headers.assertion().then(Assertions::default);
        Self { lines: headers.render(row.user, row.authenticated_at, &facts), facts, assertions }
    }
}

/// A credential and its session.
#[derive(Debug)]
pub struct Entry {
    /// What the credential's secret hashes to.
    pub(super) hash: TokenHash,
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    uses: Uses,
    /// The last use that was known when the eviction's hand came by ([`Entry::was_used_since_last_look`]).
    at_last_look: AtomicI64,
    facts: Arc<SharedFacts>,
}

/// Last-seen belongs to the session: the first of its credentials keeps it, and the others ask that one.
#[derive(Debug)]
enum Uses {
    Own(LastUse),
    Of(Arc<Entry>),
}

/// When a session was last used, and the last use that was handed out for writing, in milliseconds.
#[derive(Debug)]
struct LastUse {
    seen: AtomicI64,
    written: AtomicI64,
}

impl Entry {
    /// A credential of a session, whose first credential is `first` unless it is this one.
    pub(super) fn new(hash: TokenHash, row: &SessionRow, facts: Arc<SharedFacts>, first: Option<Arc<Self>>) -> Self {
        let seen = row.last_seen.millis();
        let own = || Uses::Own(LastUse { seen: AtomicI64::new(seen), written: AtomicI64::new(seen) });
        Self {
            hash,
            id: row.id,
            user: row.user,
            authenticated_at: row.authenticated_at,
            expires_at: row.expires_at,
            uses: first.map_or_else(own, Uses::Of),
            at_last_look: AtomicI64::new(seen),
            facts,
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts.facts
    }

    /// What it says, for another entry that says the same.
    pub(super) fn share(&self) -> Arc<SharedFacts> {
        Arc::clone(&self.facts)
    }

    /// A fresh assertion for this audience.
    pub(crate) fn assertion(&self, audience: &str, now: Timestamp) -> Option<Arc<str>> {
        self.facts.assertions.as_ref()?.find(audience, now)
    }

    /// Remembers an assertion, where there are any.
    pub(crate) fn keep_assertion(&self, audience: &str, text: Arc<str>, from: Timestamp, until: Timestamp) {
        if let Some(assertions) = &self.facts.assertions {
            assertions.keep(audience, text, from, until);
        }
    }

    pub(crate) fn fact_lines(&self) -> &[u8] {
        &self.facts.lines
    }

    /// Whether it keeps its session's last-seen.
    pub(super) const fn is_first(&self) -> bool {
        matches!(self.uses, Uses::Own(_))
    }

    /// The last use of the session that this process has seen or the store has told.
    pub(crate) fn last_seen(&self) -> Timestamp {
        Timestamp::from_millis(self.last_use().seen.load(Ordering::Relaxed))
    }

    /// Notes a use; says whether it is due for writing, to exactly one caller an interval. Last-seen never runs
    /// backwards, and is only stored when it moves by a sixteenth of the interval: a busy session's cache line stays
    /// shared between the cores.
    pub(super) fn touch(&self, now: Timestamp, interval: Span) -> bool {
        let LastUse { seen, written } = self.last_use();
        let now = now.millis();
        if now.saturating_sub(seen.load(Ordering::Relaxed)) < (interval.millis() / 16).max(1) {
            return false;
        }
        seen.fetch_max(now, Ordering::Relaxed);
        let last = written.load(Ordering::Relaxed);
        now.saturating_sub(last) >= interval.millis()
            && written.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Notes a use that the store knows already.
    pub(super) fn note_written_use(&self, seen: Timestamp) {
        let last_use = self.last_use();
        last_use.seen.fetch_max(seen.millis(), Ordering::Relaxed);
        last_use.written.fetch_max(seen.millis(), Ordering::Relaxed);
    }

    /// The last use, if it was never handed out for writing.
    pub(super) fn unwritten(&self) -> Option<Activity> {
        let seen = self.last_seen();
        let newer = seen.millis() > self.last_use().written.fetch_max(seen.millis(), Ordering::Relaxed);
        newer.then_some(Activity { session: self.id, user: self.user, seen })
    }

    /// Whether the session was used since this was last asked. Then it gets a second chance.
    pub(super) fn was_used_since_last_look(&self) -> bool {
        let seen = self.last_seen().millis();
        self.at_last_look.swap(seen, Ordering::Relaxed) < seen
    }

    fn last_use(&self) -> &LastUse {
        match &self.uses {
            Uses::Own(last_use) => last_use,
            // The first one of a session is no other's, so this goes one step and no further.
            Uses::Of(first) => first.last_use(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;

    #[test]
    fn an_entry_is_as_large_as_ten_million_can_be() {
        assert!(size_of::<Entry>() <= 120, "{} bytes and two counters", size_of::<Entry>());
    }
}
