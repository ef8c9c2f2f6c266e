//! A session as the table holds it: the ids, the limits, an atomic last-seen, and its answer's lines, rendered once
//! and shared with every session that says the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::id::{SessionId, UserId};
use crate::time::{Span, Timestamp};
use crate::verdict::{Facts, HeaderPrefix};

use super::Activity;

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

/// Facts and the header lines that say them.
#[derive(Debug)]
pub(super) struct SharedFacts {
    facts: Facts,
    lines: Box<[u8]>,
}

impl SharedFacts {
    pub(super) fn new(facts: Facts, prefix: &HeaderPrefix) -> Self {
        Self { lines: facts.render(prefix), facts }
    }
}

/// An entry of the table.
#[derive(Debug)]
pub struct Session {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) authenticated_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    last_seen: AtomicI64,
    written: AtomicI64,
    facts: Arc<SharedFacts>,
}

impl Session {
    pub(super) fn new(row: &SessionRow, facts: Arc<SharedFacts>) -> Self {
        Self {
            id: row.id,
            user: row.user,
            authenticated_at: row.authenticated_at,
            expires_at: row.expires_at,
            last_seen: AtomicI64::new(row.last_seen.millis()),
            written: AtomicI64::new(row.last_seen.millis()),
            facts,
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts.facts
    }

    pub(crate) fn fact_lines(&self) -> &[u8] {
        &self.facts.lines
    }

    pub(super) fn shared_facts(&self) -> &Arc<SharedFacts> {
        &self.facts
    }

    /// The last use that this process has seen or the store has told.
    pub(crate) fn last_seen(&self) -> Timestamp {
        Timestamp::from_millis(self.last_seen.load(Ordering::Relaxed))
    }

    /// Notes a use; says whether it is due for writing, to exactly one caller an interval. Last-seen never runs
    /// backwards, and is only stored when it moves by a sixteenth of the interval: a busy session's cache line stays
    /// shared between the cores.
    pub(super) fn touch(&self, now: Timestamp, interval: Span) -> bool {
        let now = now.millis();
        let seen = self.last_seen.load(Ordering::Relaxed);
        if now.saturating_sub(seen) < (interval.millis() / 16).max(1) {
            return false;
        }
        self.last_seen.fetch_max(now, Ordering::Relaxed);
        let written = self.written.load(Ordering::Relaxed);
        now.saturating_sub(written) >= interval.millis()
            && self.written.compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// The last use, if it was never handed out for writing.
    pub(super) fn unwritten(&self) -> Option<Activity> {
        let seen = self.last_seen();
        let newer = seen.millis() > self.written.fetch_max(seen.millis(), Ordering::Relaxed);
        newer.then_some(Activity { session: self.id, user: self.user, seen })
    }
}
