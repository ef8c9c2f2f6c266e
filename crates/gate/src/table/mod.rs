//! The live table: a bounded cache of the sessions whose credentials were presented lately.
//!
//! The truth is in the store. Readers look a credential up by the hash of its secret in one of 64 shards; whoever
//! fills the table or forgets goes through one lock over the index and never waits for I/O while holding it.
//!
//! **The fill race.** A filler misses and reads a live row; a revocation commits and evicts, and nothing is there yet;
//! the filler inserts its old row: a revoked session lives. So a filler takes a [`Ticket`] before it reads, and a
//! [`Forget`] in between that names what it read voids the ticket: [`Table::fill`] then stores nothing and answers
//! [`Voided`]. `tests.rs` walks through every interleaving of a fill and a revocation.

mod dead;
mod index;
mod session;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use crate::id::{SessionId, UserId};
use crate::time::{Span, Timestamp};
use crate::token::opaque::TokenHash;
use crate::verdict::HeaderPrefix;

use dead::Dead;
use index::Index;
pub use session::{Session, SessionRow};

const SHARDS: usize = 64;

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
    Live(Arc<Session>),
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

/// Secrets' hashes are uniform already: their first bytes are the hash.
#[derive(Default)]
struct Uniform(u64);

impl Hasher for Uniform {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // A slice writes its length before its bytes; it would only spoil the hash.
    fn write_usize(&mut self, _: usize) {}
}

type Shard = RwLock<HashMap<TokenHash, Arc<Session>, BuildHasherDefault<Uniform>>>;

/// The live table. Shared by all threads; see the module's documentation for its one invariant.
pub struct Table {
    shards: [Shard; SHARDS],
    dead: RwLock<Dead>,
    index: Mutex<Index>,
    pending: Mutex<Vec<Activity>>,
    epoch: AtomicU64,
    idle_timeout: AtomicI64,
    write_interval: AtomicI64,
}

impl Table {
    /// An empty table for at most `capacity` sessions, whose answers are rendered with this prefix.
    #[must_use]
    pub fn new(capacity: usize, prefix: HeaderPrefix, limits: Limits) -> Self {
        Self {
            shards: std::array::from_fn(|_| RwLock::default()),
            dead: RwLock::default(),
            index: Mutex::new(Index::new(capacity, prefix)),
            pending: Mutex::default(),
            epoch: AtomicU64::new(0),
            idle_timeout: AtomicI64::new(limits.idle_timeout.millis()),
            write_interval: AtomicI64::new(limits.write_interval.millis()),
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
        if let Some(session) = self.shard(hash).read().get(hash) {
            return Found::Live(Arc::clone(session));
        }
        if self.dead.read().contains(hash) { Found::Dead } else { Found::Unknown }
    }

    /// Whether a session's time is not over: neither its absolute limit nor its idle timeout.
    #[must_use]
    pub fn is_alive(&self, session: &Session, now: Timestamp) -> bool {
        now < self.end_of(session)
    }

    /// When a session ends if nobody uses it: the earlier of its absolute limit and its idle timeout.
    #[must_use]
    pub fn end_of(&self, session: &Session) -> Timestamp {
        let idle = Span::from_millis(self.idle_timeout.load(Ordering::Relaxed));
        session.expires_at.min(session.last_seen().plus(idle))
    }

    /// Notes that a session is used now, and hands the activity out for writing once an interval.
    pub fn seen(&self, session: &Session, now: Timestamp) {
        let interval = Span::from_millis(self.write_interval.load(Ordering::Relaxed));
        if session.touch(now, interval) {
            self.pending.lock().push(Activity { session: session.id, user: session.user, seen: now });
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
        let mut index = self.index.lock();
        if index.forgotten_since(ticket.0, row.id, row.user) {
            return Err(Voided);
        }
        while let Some(evicted) = index.evict_if_full() {
            self.drop_session(evicted);
        }
        let session = index.insert(hash, row);
        self.shard(&hash).write().insert(hash, session);
        Ok(())
    }

    /// Forgets, so that the next look-up reads the store. When this returns, no reader finds the old entries.
    pub fn forget(&self, forget: Forget) {
        let mut index = self.index.lock();
        let epoch = self.epoch.fetch_add(1, Ordering::AcqRel) + 1;
        index.note(epoch, forget);
        for removed in index.remove(forget) {
            self.drop_session(removed);
        }
    }

    /// The activity that is due for writing.
    #[must_use]
    pub fn take_pending(&self) -> Vec<Activity> {
        std::mem::take(&mut *self.pending.lock())
    }

    /// Every activity that the store does not know, due or not: before a clean end.
    #[must_use]
    pub fn take_all_activity(&self) -> Vec<Activity> {
        let index = self.index.lock();
        let mut all = self.take_pending();
        all.extend(index.sessions().filter_map(|session| session.unwritten()));
        all
    }

    /// When a session was last used, if the table holds it.
    #[must_use]
    pub fn last_seen(&self, session: SessionId) -> Option<Timestamp> {
        self.index.lock().session(session).map(|session| session.last_seen())
    }

    /// How many sessions the table holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.lock().len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes an entry out of the shards. Activity that was not written goes to the pending list first.
    fn drop_session(&self, removed: index::Removed) {
        if let Some(activity) = removed.session.unwritten() {
            self.pending.lock().push(activity);
        }
        for hash in &removed.hashes {
            self.shard(hash).write().remove(hash);
        }
    }

    fn shard(&self, hash: &TokenHash) -> &Shard {
        // Not one of the bytes that the maps themselves hash by.
        &self.shards[usize::from(hash.bytes()[31]) % SHARDS]
    }
}

#[cfg(test)]
mod tests;
