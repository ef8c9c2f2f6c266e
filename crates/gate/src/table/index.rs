//! What the table's writers need and its readers do not: which credentials a session has, which sessions a user has,
//! what was forgotten lately, and who goes first when the table is full. Guarded by one lock.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Forget;
use super::session::{Session, SessionRow, SharedFacts};
use crate::id::{SessionId, UserId};
use crate::time::Timestamp;
use crate::token::opaque::TokenHash;
use crate::verdict::{Facts, HeaderPrefix};

/// Forgets that are remembered. A fill that is older than the oldest of them is voided whatever it read.
const LOG: usize = 4096;

/// A session that left the table, with the credentials under which the shards know it.
pub(super) struct Removed {
    pub(super) session: Arc<Session>,
    pub(super) hashes: Vec<TokenHash>,
}

/// One value nearly always, more when a session has several credentials or a user several sessions.
struct OneOrMore<T> {
    first: T,
    #[expect(
        clippy::box_collection,
        reason = "a Vec in each of a million entries costs 16 bytes more than its absence"
    )]
    more: Option<Box<Vec<T>>>,
}

impl<T: Copy + PartialEq> OneOrMore<T> {
    const fn one(first: T) -> Self {
        Self { first, more: None }
    }

    fn add(&mut self, value: T) {
        if self.first == value {
            return;
        }
        let more = self.more.get_or_insert_default();
        if !more.contains(&value) {
            more.push(value);
        }
    }

    /// Removes a value; `false` when none is left.
    fn remove(&mut self, value: T) -> bool {
        if self.first == value {
            match self.more.as_mut().and_then(|more| more.pop()) {
                Some(next) => self.first = next,
                None => return false,
            }
        } else if let Some(more) = &mut self.more {
            more.retain(|other| *other != value);
        }
        true
    }

    fn all(&self) -> Vec<T> {
        std::iter::once(self.first).chain(self.more.iter().flat_map(|more| more.iter().copied())).collect()
    }
}

struct Entry {
    session: Arc<Session>,
    hashes: OneOrMore<TokenHash>,
}

pub(super) struct Index {
    capacity: usize,
    prefix: HeaderPrefix,
    sessions: HashMap<SessionId, Entry>,
    users: HashMap<UserId, OneOrMore<SessionId>>,
    facts: HashMap<Facts, Arc<SharedFacts>>,
    /// Who came first, with the last use known then. Entries of sessions that are gone are skipped.
    queue: VecDeque<(SessionId, Timestamp)>,
    log: VecDeque<(u64, Forget)>,
}

impl Index {
    pub(super) fn new(capacity: usize, prefix: HeaderPrefix) -> Self {
        Self {
            capacity: capacity.max(1),
            prefix,
            sessions: HashMap::new(),
            users: HashMap::new(),
            facts: HashMap::new(),
            queue: VecDeque::new(),
            log: VecDeque::with_capacity(LOG),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }

    pub(super) fn session(&self, id: SessionId) -> Option<&Arc<Session>> {
        self.sessions.get(&id).map(|entry| &entry.session)
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.sessions.values().map(|entry| &entry.session)
    }

    /// Remembers a forget under its number.
    pub(super) fn note(&mut self, epoch: u64, forget: Forget) {
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        self.log.push_back((epoch, forget));
    }

    /// Whether a forget after `ticket` names this session or this user, or may have.
    pub(super) fn forgotten_since(&self, ticket: u64, session: SessionId, user: UserId) -> bool {
        let oldest_known = self.log.front().map_or(0, |(epoch, _)| epoch - 1);
        let names = |forget: &Forget| match forget {
            Forget::Session(id) => *id == session,
            Forget::User(id) => *id == user,
            Forget::All => true,
        };
        ticket < oldest_known
            || self.log.iter().rev().take_while(|(epoch, _)| *epoch > ticket).any(|(_, forget)| names(forget))
    }

    /// Adds a credential; a session that is here already keeps its entry, and so its last-seen.
    pub(super) fn insert(&mut self, hash: TokenHash, row: SessionRow) -> Arc<Session> {
        if let Some(entry) = self.sessions.get_mut(&row.id) {
            entry.hashes.add(hash);
            return Arc::clone(&entry.session);
        }
        let facts = self.share(&row.facts);
        let session = Arc::new(Session::new(&row, facts));
        self.users.entry(row.user).and_modify(|ids| ids.add(row.id)).or_insert_with(|| OneOrMore::one(row.id));
        self.sessions.insert(row.id, Entry { session: Arc::clone(&session), hashes: OneOrMore::one(hash) });
        self.enqueue(row.id, row.last_seen);
        session
    }

    fn share(&mut self, facts: &Facts) -> Arc<SharedFacts> {
        if let Some(shared) = self.facts.get(facts) {
            return Arc::clone(shared);
        }
        let shared = Arc::new(SharedFacts::new(facts.clone(), &self.prefix));
        self.facts.insert(facts.clone(), Arc::clone(&shared));
        shared
    }

    fn enqueue(&mut self, id: SessionId, seen: Timestamp) {
        if self.queue.len() > 2 * self.sessions.len() + 1024 {
            let sessions = &self.sessions;
            self.queue.retain(|(id, _)| sessions.contains_key(id));
        }
        self.queue.push_back((id, seen));
    }

    /// Makes room for one: whoever came first and was not used since. Somebody who was used gets a second chance.
    pub(super) fn evict_if_full(&mut self) -> Option<Removed> {
        if self.sessions.len() < self.capacity {
            return None;
        }
        // A second chance for each of a few; then the next one goes, used or not, so that this ends.
        let mut chances = 32;
        while let Some((id, seen)) = self.queue.pop_front() {
            let Some(entry) = self.sessions.get(&id) else { continue };
            let used = entry.session.last_seen();
            if used > seen && chances > 0 {
                chances -= 1;
                self.queue.push_back((id, used));
            } else {
                return self.take(id);
            }
        }
        None
    }

    /// Takes out what a forget names.
    pub(super) fn remove(&mut self, forget: Forget) -> Vec<Removed> {
        let ids = match forget {
            Forget::Session(id) => vec![id],
            Forget::User(user) => self.users.get(&user).map(OneOrMore::all).unwrap_or_default(),
            Forget::All => self.sessions.keys().copied().collect(),
        };
        ids.into_iter().filter_map(|id| self.take(id)).collect()
    }

    fn take(&mut self, id: SessionId) -> Option<Removed> {
        let Entry { session, hashes } = self.sessions.remove(&id)?;
        if self.users.get_mut(&session.user).is_some_and(|ids| !ids.remove(id)) {
            self.users.remove(&session.user);
        }
        // The index and this session hold the last two: nobody else says the same.
        if Arc::strong_count(session.shared_facts()) == 2 {
            self.facts.remove(session.facts());
        }
        Some(Removed { session, hashes: hashes.all() })
    }
}
