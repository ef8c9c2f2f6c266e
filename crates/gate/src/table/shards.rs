//! What readers need: the entry of a credential, by the hash of its secret.
//!
//! Many small maps, each under a lock of its own that readers share: they never wait for each other, and for a writer
//! only while it puts one entry in or out, or while one small map grows. No lock here is held over anything that waits.
//!
//! Each lock is several (crossbeam's `ShardedLock`): a reader takes the one of its thread, a writer all of them. With one
//! lock for all readers, two cores that read as fast as they can did no more than one (`make bench`, chapter `cores`):
//! each had to fetch the lock from the other.

use std::sync::Arc;

use hashbrown::HashTable;

use super::entry::Entry;
use super::sync::ReadersLock;
use crate::token::opaque::TokenHash;

/// At ten million credentials each has twenty thousand: one that grows holds its readers up for two milliseconds. More
/// would cost a kilobyte each.
const SHARDS: usize = if cfg!(feature = "loom") { 2 } else { 512 };

type Shard = ReadersLock<HashTable<Arc<Entry>>>;

/// All shards.
pub(super) struct Shards(Box<[Shard]>);

impl Shards {
    pub(super) fn new() -> Self {
        Self((0..SHARDS).map(|_| Shard::default()).collect())
    }

    pub(super) fn find(&self, hash: &TokenHash) -> Option<Arc<Entry>> {
        self.of(hash).read().find(first_bytes(hash), |entry| entry.hash == *hash).cloned()
    }

    /// Puts an entry in, in the place of one for the same credential.
    pub(super) fn insert(&self, entry: Arc<Entry>) {
        let mut shard = self.of(&entry.hash).write();
        match shard.find_mut(first_bytes(&entry.hash), |other| other.hash == entry.hash) {
            Some(place) => *place = entry,
            None => {
                shard.insert_unique(first_bytes(&entry.hash), entry, |entry| first_bytes(&entry.hash));
            }
        }
    }

    /// Takes this very entry out: not one that has taken its place.
    pub(super) fn remove(&self, entry: &Arc<Entry>) {
        let mut shard = self.of(&entry.hash).write();
        if let Ok(found) = shard.find_entry(first_bytes(&entry.hash), |other| Arc::ptr_eq(other, entry)) {
            found.remove();
        }
    }

    /// Takes all out.
    pub(super) fn clear(&self) {
        for shard in &self.0 {
            // Freed behind the lock.
            let _ = std::mem::take(&mut *shard.write());
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
