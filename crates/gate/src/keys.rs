//! The keys that credentials are checked with: the installation's own for tags, and the public ones for signatures.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::token::jwt::KeySet;
use crate::token::opaque::TagKey;

/// All of them. Public keys come and go while this is shared by all threads; only a JWT that memory does not know asks
/// for them.
#[derive(Debug)]
pub struct Keys {
    tag: TagKey,
    published: RwLock<Arc<KeySet>>,
}

impl Keys {
    /// With no public keys yet.
    #[must_use]
    pub fn new(tag: TagKey) -> Self {
        Self { tag, published: RwLock::default() }
    }

    /// The key for tags.
    #[must_use]
    pub const fn tag(&self) -> &TagKey {
        &self.tag
    }

    /// The public keys.
    #[must_use]
    pub fn published(&self) -> Arc<KeySet> {
        Arc::clone(&self.published.read())
    }

    /// Puts other public keys in force.
    pub fn publish(&self, keys: Arc<KeySet>) {
        *self.published.write() = keys;
    }
}
