//! Credentials that the store was asked about and that no session lives for: remembered, so that replaying a
//! signed-out cookie costs no look into the store. Bounded: two generations, the older one dropped when the younger
//! is full.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::Uniform;
use crate::token::opaque::TokenHash;

/// Hashes a generation holds; 2 x 64 Ki x about 40 bytes is the most memory that this takes.
const GENERATION: usize = 1 << 16;

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
