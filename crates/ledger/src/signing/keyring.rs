//! The published keys in memory. Readers take a picture of it and never wait.

use std::sync::Arc;

use parking_lot::RwLock;
use serde::Serialize;
use vestibule_gate::keys::Keys;
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{KeyId, KeySet, SigningAlgorithm, TokenType};

use super::key::SigningKey;
use super::seal::SealingKey;
use crate::fault::Fault;

/// The keys that are published: those that will sign, the one of each algorithm that signs, and those whose tokens are
/// not over yet.
pub struct Keyring {
    ring: RwLock<Arc<Ring>>,
    sealing: Option<SealingKey>,
    /// How assertions are signed, if there are any.
    for_assertions: Option<SigningAlgorithm>,
    /// Where resolves look for public keys.
    shown: Arc<Keys>,
}

/// In the order in which they begin to sign.
#[derive(Default)]
struct Ring {
    /// Counts the changes.
    version: u64,
    keys: Vec<Arc<SigningKey>>,
    published: Arc<KeySet>,
}

impl Ring {
    fn of(version: u64, mut keys: Vec<Arc<SigningKey>>) -> Arc<Self> {
        keys.sort_by_key(|key| key.signs_from);
        // The newest first: they are asked for most.
        let published = KeySet::new(keys.iter().rev().map(|key| key.public().clone()));
        Arc::new(Self { version, keys, published: Arc::new(published) })
    }

    /// Which key signs now. An algorithm that was chosen a moment ago has a key that nobody knows yet: until that one
    /// signs, the newest of another algorithm does, and one that is there for something else (`apart`) only where there
    /// is no other. With a clock that was set back before all of them, the oldest.
    fn signing(
        &self,
        algorithm: SigningAlgorithm,
        apart: Option<SigningAlgorithm>,
        now: Timestamp,
    ) -> Option<&Arc<SigningKey>> {
        let began = || self.keys.iter().rev().filter(|key| key.signs_from <= now);
        let other = || began().find(|key| Some(key.public().algorithm()) != apart);
        let asked = began().find(|key| key.public().algorithm() == algorithm);
        asked.or_else(other).or_else(|| began().next()).or_else(|| self.keys.first())
    }

    /// Which key of this algorithm and no other signs now: whoever checks an assertion takes no second algorithm. The
    /// first one signs before its time.
    fn signing_only(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&Arc<SigningKey>> {
        let mut ours = self.keys.iter().filter(|key| key.public().algorithm() == algorithm);
        ours.clone().rev().find(|key| key.signs_from <= now).or_else(|| ours.next())
    }
}

impl Keyring {
    pub(super) fn new(
        keys: Vec<SigningKey>,
        sealing: Option<SealingKey>,
        for_assertions: Option<SigningAlgorithm>,
        shown: Arc<Keys>,
    ) -> Self {
        let ring = Ring::of(0, keys.into_iter().map(Arc::new).collect());
        shown.publish(Arc::clone(&ring.published));
        Self { ring: RwLock::new(ring), sealing, for_assertions, shown }
    }

    /// The public keys: what `jwks_uri` shows, and what presented tokens are verified with.
    #[must_use]
    pub fn published(&self) -> Arc<KeySet> {
        Arc::clone(&self.ring.read().published)
    }

    /// Makes a token, with the key that signs at this time. Takes some milliseconds with RSA, for
    /// the library reads the key each time, and a twentieth of one with the others.
    ///
    /// # Errors
    /// [`Fault::NoSigning`] when there is no key yet.
    pub fn sign(
        &self,
        algorithm: SigningAlgorithm,
        token_type: TokenType,
        claims: &impl Serialize,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let ring = Arc::clone(&self.ring.read());
        let apart = self.for_assertions.filter(|apart| *apart != algorithm);
        ring.signing(algorithm, apart, now).ok_or(Fault::NoSigning)?.sign(token_type, claims)
    }

    /// Makes an assertion, with the key for them that signs at this time. Takes a twentieth of a millisecond.
    pub(crate) fn sign_assertion(&self, claims: &impl Serialize, now: Timestamp) -> Result<String, Fault> {
        let ring = Arc::clone(&self.ring.read());
        let key = self.for_assertions.and_then(|algorithm| ring.signing_only(algorithm, now));
        key.ok_or(Fault::NoSigning)?.sign(TokenType::Assertion, claims)
    }

    /// Whether a key of this algorithm is published.
    pub(crate) fn has(&self, algorithm: SigningAlgorithm) -> bool {
        self.ring.read().keys.iter().any(|key| key.public().algorithm() == algorithm)
    }

    /// What new private keys are sealed with.
    pub(crate) const fn sealing(&self) -> Option<&SealingKey> {
        self.sealing.as_ref()
    }

    /// To be taken before the store is read.
    pub(super) fn version(&self) -> u64 {
        self.ring.read().version
    }

    /// Puts what was read in the place of all, unless they were changed since it was asked for: it may be older. Says whether
    /// it did.
    pub(super) fn replace(&self, version: u64, keys: Vec<SigningKey>) -> bool {
        let mut ring = self.ring.write();
        let is_current = ring.version == version;
        if is_current {
            self.put(&mut ring, keys.into_iter().map(Arc::new).collect());
        }
        is_current
    }

    /// Publishes a key.
    pub(crate) fn add(&self, key: SigningKey) {
        self.change(|keys| keys.push(Arc::new(key)));
    }

    /// Takes a key away: it neither signs nor verifies any more.
    pub(crate) fn remove(&self, id: &KeyId) {
        self.change(|keys| keys.retain(|key| key.public().id() != id));
    }

    /// Lets a published key sign from another time on.
    pub(crate) fn sign_from(&self, id: &KeyId, from: Timestamp) {
        self.change(|keys| {
            for key in keys.iter_mut().filter(|key| key.public().id() == id) {
                *key = Arc::new(key.signing_from(from));
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<SigningKey>>)) {
        let mut ring = self.ring.write();
        let mut keys = ring.keys.clone();
        change(&mut keys);
        self.put(&mut ring, keys);
    }

    fn put(&self, ring: &mut Arc<Ring>, keys: Vec<Arc<SigningKey>>) {
        *ring = Ring::of(ring.version + 1, keys);
        self.shown.publish(Arc::clone(&ring.published));
    }
}
