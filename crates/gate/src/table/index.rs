//! What the table's writers need and its readers do not: which credentials a session has, which sessions a user has,
//! who says the same, and who goes first when the table is full. Guarded by one lock.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use super::Forget;
use super::entry::{Entry, SessionRow, SharedFacts};
use crate::id::{SessionId, UserId};
use crate::token::opaque::TokenHash;
use crate::verdict::{Facts, IdentityHeaders};

/// Maps that grow one by one: one map of ten million would stop every writer for a second when it grows.
const PARTS: usize = if cfg!(feature = "loom") { 1 } else { 256 };

/// Sessions that were used lately and are passed over, before one goes that was used too: so that making room ends.
const CHANCES: usize = 32;

/// Distinct facts that are kept without a look at whether anybody still says them.
const FACTS: usize = 64;

/// Entries under a key that several may share: the credentials of a session, or those of all sessions of a user.
struct ByKey {
    parts: Box<[HashTable<Arc<Entry>>]>,
    hasher: RandomState,
}

impl ByKey {
    fn new() -> Self {
        Self { parts: (0..PARTS).map(|_| HashTable::new()).collect(), hasher: RandomState::new() }
    }

    fn insert<K: std::hash::Hash>(&mut self, entry: Arc<Entry>, key: fn(&Entry) -> K) {
        let hash = self.hasher.hash_one(key(&entry));
        self.parts[part(hash)].insert_unique(hash, entry, |entry| self.hasher.hash_one(key(entry)));
    }

    /// The entries under a key.
    fn of<K: std::hash::Hash + PartialEq>(&self, wanted: K, key: fn(&Entry) -> K) -> impl Iterator<Item = &Arc<Entry>> {
        let hash = self.hasher.hash_one(&wanted);
        self.parts[part(hash)].iter_hash(hash).filter(move |entry| key(entry) == wanted)
    }

    fn remove<K: std::hash::Hash>(&mut self, entry: &Arc<Entry>, key: fn(&Entry) -> K) {
        let hash = self.hasher.hash_one(key(entry));
        if let Ok(found) = self.parts[part(hash)].find_entry(hash, |other| Arc::ptr_eq(other, entry)) {
            found.remove();
        }
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.parts.iter().flat_map(HashTable::iter)
    }
}

/// Not the bits that the maps themselves use: the lowest, and the seven highest.
const fn part(hash: u64) -> usize {
    // The remainder is below PARTS.
    ((hash >> 40) % PARTS as u64) as usize
}

fn session_of(entry: &Entry) -> SessionId {
    entry.id
}

fn user_of(entry: &Entry) -> UserId {
    entry.user
}

pub(super) struct Index {
    capacity: usize,
    sessions: usize,
    headers: IdentityHeaders,
    by_session: ByKey,
    by_user: ByKey,
    facts: HashMap<Facts, Arc<SharedFacts>>,
    /// At so many distinct facts, those that nobody says any more are looked for.
    many_facts: usize,
    /// Where the search for somebody to evict goes on: a part of `by_session`, and a place in it.
    hand: (usize, usize),
}

impl Index {
    pub(super) fn new(capacity: usize, headers: IdentityHeaders) -> Self {
        Self {
            capacity: capacity.max(1),
            sessions: 0,
            headers,
            by_session: ByKey::new(),
            by_user: ByKey::new(),
            facts: HashMap::new(),
            many_facts: FACTS,
            hand: (0, 0),
        }
    }

    /// What a session says, rendered, for nobody else.
    pub(super) fn facts_of(&self, row: &SessionRow) -> SharedFacts {
        SharedFacts::new(row, &self.headers)
    }

    /// How many sessions there are.
    pub(super) const fn len(&self) -> usize {
        self.sessions
    }

    #[cfg(all(test, not(feature = "loom")))]
    pub(super) fn distinct_facts(&self) -> usize {
        self.facts.len()
    }

    /// The first credential of a session, which keeps its last-seen.
    pub(super) fn first_of(&self, id: SessionId) -> Option<&Arc<Entry>> {
        self.by_session.of(id, session_of).find(|entry| entry.is_first())
    }

    /// The first credential of every session.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.by_session.all().filter(|entry| entry.is_first())
    }

    /// Adds a credential; one that is here already stays, and so does its session's last-seen.
    pub(super) fn insert(&mut self, hash: TokenHash, row: &SessionRow) -> Arc<Entry> {
        if let Some(entry) = self.by_session.of(row.id, session_of).find(|entry| entry.hash == hash) {
            return Arc::clone(entry);
        }
        let first = self.first_of(row.id).cloned();
        self.sessions += usize::from(first.is_none());
        let facts = self.share(row);
        let entry = Arc::new(Entry::new(hash, row, facts, first));
        self.by_session.insert(Arc::clone(&entry), session_of);
        self.by_user.insert(Arc::clone(&entry), user_of);
        entry
    }

    /// What an entry of this row says, together with everybody who says the same.
    fn share(&mut self, row: &SessionRow) -> Arc<SharedFacts> {
        if self.headers.is_own() {
            return Arc::new(SharedFacts::new(row, &self.headers));
        }
        let facts = &row.facts;
        if facts.profile.is_some() {
            // Nobody else says this: a map of all that is said would only hold it once more.
            let same = self.by_user.of(row.user, user_of).find(|entry| entry.facts() == facts);
            return same.map_or_else(|| Arc::new(SharedFacts::new(row, &self.headers)), |entry| entry.share());
        }
        if let Some(shared) = self.facts.get(facts) {
            return Arc::clone(shared);
        }
        if self.facts.len() >= self.many_facts {
            // Those that only this map knows: whoever said them has gone.
            self.facts.retain(|_, shared| Arc::strong_count(shared) > 1);
            self.many_facts = 2 * self.facts.len() + FACTS;
        }
        let shared = Arc::new(SharedFacts::new(row, &self.headers));
        self.facts.insert(facts.clone(), Arc::clone(&shared));
        shared
    }

    /// Makes room for one more session: takes out one that was not used since the hand last came by. A session that is
    /// being filled counts as new; one that is here already needs no room.
    pub(super) fn evict_if_full(&mut self, newcomer: SessionId) -> Vec<Arc<Entry>> {
        if self.sessions < self.capacity || self.first_of(newcomer).is_some() {
            return Vec::new();
        }
        let mut chances = CHANCES;
        loop {
            let Some(first) = self.advance() else { continue };
            if chances == 0 || !first.was_used_since_last_look() {
                return self.take(first.id);
            }
            chances -= 1;
        }
    }

    /// Moves the hand by one place; the session that was there, if one was. Ends up at every session.
    fn advance(&mut self) -> Option<Arc<Entry>> {
        let (part, place) = self.hand;
        let map = &self.by_session.parts[part];
        if place >= map.num_buckets() {
            self.hand = ((part + 1) % PARTS, 0);
            return None;
        }
        self.hand = (part, place + 1);
        map.get_bucket(place).filter(|entry| entry.is_first()).cloned()
    }

    /// Takes out what a forget names. Everything leaves the other places too.
    pub(super) fn remove(&mut self, forget: Forget) -> Vec<Arc<Entry>> {
        match forget {
            Forget::Session(id) => self.take(id),
            Forget::User(user) => {
                let all: Vec<_> = self.by_user.of(user, user_of).cloned().collect();
                all.into_iter().filter(|entry| entry.is_first()).flat_map(|first| self.take(first.id)).collect()
            }
            Forget::All => {
                let headers = self.headers.clone();
                let old = std::mem::replace(self, Self::new(self.capacity, headers));
                old.by_session.parts.into_iter().flatten().collect()
            }
        }
    }

    /// Takes out a session with all its credentials.
    pub(super) fn take(&mut self, id: SessionId) -> Vec<Arc<Entry>> {
        let entries: Vec<_> = self.by_session.of(id, session_of).cloned().collect();
        self.sessions -= usize::from(!entries.is_empty());
        for entry in &entries {
            self.by_session.remove(entry, session_of);
            self.by_user.remove(entry, user_of);
        }
        entries
    }
}
