//! Sessions that other processes see used, too. Each writes behind when a session was last used, at most once an interval:
//! so that nobody has used one here says nothing of the others, until the store was asked.

use std::sync::atomic::Ordering;

use crate::time::{Span, Timestamp};
use crate::verdict::SessionKind;

use super::{Entry, SessionRow, Table};

impl Table {
    /// The same for a process that is not the only one in which sessions are used: that nobody has used one here says nothing
    /// of the others.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.is_shared = true;
        self
    }

    /// Whether a session that is over here for want of use may have been used elsewhere. Then it is let go, so that it is read
    /// again. Nothing was changed, so this voids no fill.
    #[must_use]
    pub fn may_be_used_elsewhere(&self, entry: &Entry, now: Timestamp) -> bool {
        if !self.is_shared || now >= entry.expires_at {
            return false;
        }
        for unused in self.writers.lock().index.take(entry.id) {
            self.let_go(&unused);
        }
        true
    }

    /// Whether a row that was read says for certain that its session is over for want of use, wherever it was used: the store
    /// may know of a use elsewhere up to two write intervals late, and no later.
    #[must_use]
    pub fn is_unused_everywhere(&self, row: &SessionRow, now: Timestamp) -> bool {
        let [idle, interval] =
            [&self.idle_timeout, &self.write_interval].map(|span| Span::from_millis(span.load(Ordering::Relaxed)));
        let is_over = row.last_seen.plus(idle).plus(interval).plus(interval) <= now;
        self.is_shared && is_over && row.facts.grant.kind != SessionKind::Api
    }
}
