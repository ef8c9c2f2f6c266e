//! The live table: a bounded cache of the sessions whose credentials were presented lately.
//!
//! The truth is in the store. Readers look a credential up by the hash of its secret in one of many small maps
//! (`shards.rs`): they share its lock, and never wait for each other. Whoever fills the table or forgets goes through
//! one lock over the index (`index.rs`), and never waits for I/O while holding it.
//!
//! **The fill race.** A filler misses and reads a live row; a revocation commits and evicts, and nothing is there yet;
//! the filler inserts its old row: a revoked session lives. So a filler takes a [`Ticket`] before it reads, and a
//! [`Forget`] in between that names what it read voids the ticket: [`Table::fill`] then stores nothing and answers
//! [`Voided`]. `tests.rs` walks through every interleaving of a fill and a revocation step by step, and `model.rs` has
//! loom run readers, fillers and revocations in every order that threads and memory allow.

mod assertions;
mod dead;
mod elsewhere;
mod entry;
mod forgets;
mod index;
mod reading;
mod shards;
mod sync;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;

use crate::id::{SessionId, UserId};
use crate::time::{Span, Timestamp};
use crate::token::opaque::TokenHash;
use crate::verdict::{IdentityHeaders, SessionKind};

use dead::Dead;
pub use entry::{Entry, SessionRow};
use forgets::Forgets;
use index::Index;
pub use reading::{JustRead, Memory, Reading};
use shards::Shards;
use sync::{AtomicU64, Mutex, ReadersLock};

/// What must no longer be answered from memory. Every change of the truth returns these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forget {
    /// One session.
    Session(SessionId),
    /// All sessions of a user.
    User(UserId),
    /// Everything.
    All,
}

/// Taken before a read of the store; says how much was forgotten until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// What was read may be out of date: nothing was stored, read again with a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was read has been changed in the meantime")]
pub struct Voided;

/// What the table knows of a credential.
#[derive(Debug, Clone)]
pub enum Found {
    /// Its session, as far as memory knows; [`Table::is_alive`] says whether its time is over.
    Live(Arc<Entry>),
    /// The store was asked and has no live session for it. That is for ever: a secret is never issued twice.
    Dead,
    /// Not asked yet, or forgotten.
    Unknown,
}

/// A session's last activity that the store does not know yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The session.
    pub session: SessionId,
    /// Its user.
    pub user: UserId,
    /// When it was last used.
    pub seen: Timestamp,
}

/// The times that sessions live by. Both can change while the table lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A session that nobody uses for this long is over.
    pub idle_timeout: Span,
    /// How often the activity of one session is handed out for writing, at most.
    pub write_interval: Span,
}

/// What only writers look at.
struct Writers {
    index: Index,
    forgets: Forgets,
}

/// The live table. Shared by all threads; see the module's documentation for its one invariant.
pub struct Table {
    shards: Shards,
    dead: ReadersLock<Dead>,
    writers: Mutex<Writers>,
    /// Readers note activity through a queue, on which they do not wait for each other either.
    due: mpsc::Sender<Activity>,
    pending: parking_lot::Mutex<mpsc::Receiver<Activity>>,
    epoch: AtomicU64,
    idle_timeout: AtomicI64,
    write_interval: AtomicI64,
    is_shared: bool,
}

impl Table {
    /// An empty table for at most `capacity` sessions, whose answers say so much under such names.
    #[must_use]
    pub fn new(capacity: usize, headers: impl Into<IdentityHeaders>, limits: Limits) -> Self {
        let (due, pending) = mpsc::channel();
        Self {
            shards: Shards::new(),
            dead: ReadersLock::default(),
            writers: Mutex::new(Writers { index: Index::new(capacity, headers.into()), forgets: Forgets::new() }),
            due,
            pending: parking_lot::Mutex::new(pending),
            epoch: AtomicU64::new(0),
            idle_timeout: AtomicI64::new(limits.idle_timeout.millis()),
            write_interval: AtomicI64::new(limits.write_interval.millis()),
            is_shared: false,
        }
    }

    /// Puts new limits in force for every session, and forgets who was found dead under the old ones.
    pub fn set_limits(&self, limits: Limits) {
        self.idle_timeout.store(limits.idle_timeout.millis(), Ordering::Relaxed);
        self.write_interval.store(limits.write_interval.millis(), Ordering::Relaxed);
        self.dead.write().clear();
    }

    /// What the table knows of a credential.
    #[must_use]
    pub fn look_up(&self, hash: &TokenHash) -> Found {
        if let Some(entry) = self.shards.find(hash) {
            return Found::Live(entry);
        }
        if self.dead.read().contains(hash) { Found::Dead } else { Found::Unknown }
    }

    /// Whether a session's time is not over: neither its absolute limit nor its idle timeout.
    #[must_use]
    pub fn is_alive(&self, entry: &Entry, now: Timestamp) -> bool {
        now < self.end_of(entry)
    }

    /// When a session ends if nobody uses it: the earlier of its absolute limit and its idle timeout. An API token has the
    /// end that its owner gave it: what runs once a quarter must not find it dead.
    #[must_use]
    pub fn end_of(&self, entry: &Entry) -> Timestamp {
        if entry.facts().grant.kind == SessionKind::Api {
            return entry.expires_at;
        }
        let idle = Span::from_millis(self.idle_timeout.load(Ordering::Relaxed));
        entry.expires_at.min(entry.last_seen().plus(idle))
    }

    /// Notes that a session is used now, and hands the activity out for writing once an interval.
    pub fn seen(&self, entry: &Entry, now: Timestamp) {
        let interval = Span::from_millis(self.write_interval.load(Ordering::Relaxed));
        if entry.touch(now, interval) {
            self.note(Activity { session: entry.id, user: entry.user, seen: now });
        }
    }

    /// To be taken before the store is read.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket(self.epoch.load(Ordering::Acquire))
    }

    /// Whether nothing at all was forgotten since: only then may a request join a read that is under way.
    #[must_use]
    pub fn is_current(&self, ticket: Ticket) -> bool {
        self.ticket() == ticket
    }

    /// Stores what was read after `ticket` was taken: the live session of a credential, or `None` for a dead one.
    ///
    /// # Errors
    /// [`Voided`] when a [`Forget`] has named the session or its user since then. Nothing is stored.
    pub fn fill(&self, ticket: Ticket, hash: TokenHash, row: Option<SessionRow>) -> Result<(), Voided> {
        let Some(row) = row else {
            self.dead.write().insert(hash);
            return Ok(());
        };
        let mut writers = self.writers.lock();
        if writers.forgets.name_since(ticket.0, row.id, row.user) {
            return Err(Voided);
        }
        for evicted in writers.index.evict_if_full(row.id) {
            self.let_go(&evicted);
        }
        self.shards.insert(writers.index.insert(hash, &row));
        Ok(())
    }

    /// An entry that the table does not hold.
    fn entry_apart(&self, hash: TokenHash, row: &SessionRow) -> Entry {
        let facts = self.writers.lock().index.facts_of(row);
        Entry::new(hash, row, Arc::new(facts), None)
    }

    /// Forgets, so that the next look-up reads the store. When this returns, no reader finds the old entries.
    pub fn forget(&self, forget: Forget) {
        let mut writers = self.writers.lock();
        let epoch = self.epoch.fetch_add(1, Ordering::AcqRel) + 1;
        writers.forgets.note(epoch, forget);
        let gone = writers.index.remove(forget);
        match forget {
            Forget::Session(_) | Forget::User(_) => gone.iter().for_each(|entry| self.let_go(entry)),
            Forget::All => {
                // At once, and not one look for each of millions.
                self.shards.clear();
                gone.iter().for_each(|entry| self.note_unwritten(entry));
            }
        }
        // Millions may be freed now; nobody has to wait for that.
        drop(writers);
    }

    /// The activity that is due for writing.
    #[must_use]
    pub fn take_pending(&self) -> Vec<Activity> {
        self.pending.lock().try_iter().collect()
    }

    /// Every activity that the store does not know, due or not: before a clean end.
    #[must_use]
    pub fn take_all_activity(&self) -> Vec<Activity> {
        let writers = self.writers.lock();
        let mut all = self.take_pending();
        all.extend(writers.index.firsts().filter_map(|entry| entry.unwritten()));
        all
    }

    /// When a session was last used, if the table holds it.
    #[must_use]
    pub fn last_seen(&self, session: SessionId) -> Option<Timestamp> {
        self.writers.lock().index.first_of(session).map(|entry| entry.last_seen())
    }

    /// Notes a use that happened elsewhere: by another member of the session's group.
    pub fn note_use(&self, session: SessionId, seen: Timestamp) {
        if let Some(entry) = self.writers.lock().index.first_of(session) {
            entry.note_written_use(seen);
        }
    }

    /// How many sessions the table holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writers.lock().index.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes an entry from the readers. Activity that was not written goes to the queue first.
    fn let_go(&self, entry: &Arc<Entry>) {
        self.note_unwritten(entry);
        self.shards.remove(entry);
    }

    fn note_unwritten(&self, entry: &Entry) {
        if let Some(activity) = entry.unwritten() {
            self.note(activity);
        }
    }

    fn note(&self, activity: Activity) {
        // The other end is ours.
        let _ = self.due.send(activity);
    }
}

#[cfg(test)]
mod examples;
#[cfg(test)]
#[cfg(feature = "loom")]
mod model;
#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests;
