//! Credentials that the store was asked about and that no session lives for: remembered, so that replaying a
//! signed-out cookie costs no look into the store. Bounded: two generations, the older one dropped when the younger
//! is full.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use crate::token::opaque::TokenHash;

/// Hashes a generation holds; 2 x 64 Ki x about 40 bytes is the most memory that this takes.
const GENERATION: usize = 1 << 16;

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

#[derive(Default)]
pub(super) struct Dead {
    young: HashSet<TokenHash, BuildHasherDefault<Uniform>>,
    old: HashSet<TokenHash, BuildHasherDefault<Uniform>>,
}

impl Dead {
    pub(super) fn contains(&self, hash: &TokenHash) -> bool {
        self.young.contains(hash) || self.old.contains(hash)
    }

    pub(super) fn insert(&mut self, hash: TokenHash) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
