//! What a decision looks things up in: the live table, or what was read for this one request because memory may not be
//! believed just now.

use std::sync::Arc;

use crate::time::Timestamp;
use crate::token::opaque::TokenHash;

use super::{Entry, Found, SessionRow, Table};

/// What is known of credentials.
pub trait Memory {
    /// What is known of one.
    fn look_up(&self, hash: &TokenHash) -> Found;
    /// Whether a session's time is not over.
    fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool;
    /// Whether one that is over for want of use must be read again: somebody else may know of a use.
    fn may_be_used_elsewhere(&self, entry: &Entry, now: Timestamp) -> bool;
    /// When a session ends if nobody uses it.
    fn end_of(&self, entry: &Entry) -> Timestamp;
    /// Notes that a session is used now.
    fn seen(&self, entry: &Entry, now: Timestamp);
}

impl Memory for Table {
    fn look_up(&self, hash: &TokenHash) -> Found {
        Self::look_up(self, hash)
    }

    fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool {
        Self::is_alive(self, entry, now)
    }

    fn may_be_used_elsewhere(&self, entry: &Entry, now: Timestamp) -> bool {
        Self::may_be_used_elsewhere(self, entry, now)
    }

    fn end_of(&self, entry: &Entry) -> Timestamp {
        Self::end_of(self, entry)
    }

    fn seen(&self, entry: &Entry, now: Timestamp) {
        Self::seen(self, entry, now);
    }
}

/// The table behind a read of the store: what it says is over is over, wherever it was used.
pub struct JustRead<'t>(pub &'t Table);

impl Memory for JustRead<'_> {
    fn look_up(&self, hash: &TokenHash) -> Found {
        self.0.look_up(hash)
    }

    fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool {
        self.0.is_alive(entry, now)
    }

    fn may_be_used_elsewhere(&self, _: &Entry, _: Timestamp) -> bool {
        false
    }

    fn end_of(&self, entry: &Entry) -> Timestamp {
        self.0.end_of(entry)
    }

    fn seen(&self, entry: &Entry, now: Timestamp) {
        self.0.seen(entry, now);
    }
}

/// What was read from the store for one request: it knows of nothing that was known before. The table gives the times
/// that sessions live by, and takes the activity.
pub struct Reading<'t> {
    table: &'t Table,
    read: Vec<(TokenHash, Found)>,
}

impl<'t> Reading<'t> {
    /// Nothing was read yet.
    #[must_use]
    pub const fn new(table: &'t Table) -> Self {
        Self { table, read: Vec::new() }
    }

    /// What the store has for a credential: its live session, or none.
    pub fn put(&mut self, hash: TokenHash, row: Option<SessionRow>) {
        let found = row.map_or(Found::Dead, |row| Found::Live(Arc::new(self.table.entry_apart(hash, &row))));
        self.read.push((hash, found));
    }
}

impl Memory for Reading<'_> {
    fn look_up(&self, hash: &TokenHash) -> Found {
        let found = self.read.iter().find(|(read, _)| read == hash);
        found.map_or(Found::Unknown, |(_, found)| found.clone())
    }

    fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool {
        self.table.is_alive(entry, now)
    }

    /// It was read just now.
    fn may_be_used_elsewhere(&self, _: &Entry, _: Timestamp) -> bool {
        false
    }

    fn end_of(&self, entry: &Entry) -> Timestamp {
        self.table.end_of(entry)
    }

    fn seen(&self, entry: &Entry, now: Timestamp) {
        self.table.seen(entry, now);
    }
}
