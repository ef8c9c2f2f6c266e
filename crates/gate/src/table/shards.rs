//! What readers need: the entry of a credential, by the hash of its secret.
//!
//! Many small maps, each under a lock of its own that readers share: they never wait for each other, and for a writer
//! only while it puts one entry in or out, or while one small map grows. No lock here is held over anything that waits.

use std::sync::Arc;

use hashbrown::HashTable;

use super::entry::Entry;
use super::sync::RwLock;
use crate::token::opaque::TokenHash;

/// At ten million credentials each has ten thousand: one that grows holds its readers up for about a millisecond.
const SHARDS: usize = if cfg!(feature = "loom") { 2 } else { 1024 };

/// As large as two cache lines, which processors fetch in pairs: a lock is not slowed by its neighbour's.
#[derive(Default)]
#[repr(align(128))]
struct Shard(RwLock<HashTable<Arc<Entry>>>);

/// All shards.
pub(super) struct Shards(Box<[Shard]>);

impl Shards {
    pub(super) fn new() -> Self {
        Self((0..SHARDS).map(|_| Shard::default()).collect())
    }

    pub(super) fn find(&self, hash: &TokenHash) -> Option<Arc<Entry>> {
        self.of(hash).0.read().find(first_bytes(hash), |entry| entry.hash == *hash).cloned()
    }

    /// Puts an entry in, in the place of one for the same credential.
    pub(super) fn insert(&self, entry: Arc<Entry>) {
        let mut shard = self.of(&entry.hash).0.write();
        match shard.find_mut(first_bytes(&entry.hash), |other| other.hash == entry.hash) {
            Some(place) => *place = entry,
            None => {
                shard.insert_unique(first_bytes(&entry.hash), entry, |entry| first_bytes(&entry.hash));
            }
        }
    }

    /// Takes this very entry out: not one that has taken its place.
    pub(super) fn remove(&self, entry: &Arc<Entry>) {
        let mut shard = self.of(&entry.hash).0.write();
        if let Ok(found) = shard.find_entry(first_bytes(&entry.hash), |other| Arc::ptr_eq(other, entry)) {
            found.remove();
        }
    }

    /// Takes all out.
    pub(super) fn clear(&self) {
        for shard in &self.0 {
            // Freed behind the lock.
            let _ = std::mem::take(&mut *shard.0.write());
        }
    }

    fn of(&self, hash: &TokenHash) -> &Shard {
        // Not the bytes that the maps themselves hash by.
        let [.., high, low] = *hash.bytes();
        &self.0[usize::from(u16::from_be_bytes([high, low])) % SHARDS]
    }
}

/// Secrets' hashes are uniform already: their first bytes are the hash.
fn first_bytes(hash: &TokenHash) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash.bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}
