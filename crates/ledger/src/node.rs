//! This process among the nodes that share a store; alone where the store is a file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use vestibule_gate::time::Timestamp;

use crate::clock::Clock;
use crate::fault::Fault;
use crate::feed::{Doubts, Said};
use crate::freshness::Freshness;
use crate::mint;
use crate::settings::{Settings, StoreSettings};
use crate::store::{Connection, Store, feed, nodes};

/// Who this is, and how far it has followed the others.
pub(crate) struct Node(Option<Shared>);

struct Shared {
    id: String,
    name: String,
    max_staleness: Duration,
    freshness: Arc<Freshness>,
    applied: AtomicI64,
    is_following: AtomicBool,
    doubts: Doubts,
}

impl Node {
    /// As of the newest change: nothing is in memory yet that could be older. Nor will anything in it be believed before
    /// the others know of this node: until then nobody waits for it.
    pub(crate) async fn new(settings: &Settings, store: &Store, clock: &Clock) -> Result<Self, Fault> {
        let StoreSettings::Postgres(settings) = &settings.store else { return Ok(Self(None)) };
        let mut sql = store.plain().await?;
        let sent = Instant::now();
        let head = feed::head(&mut sql).await?;
        clock.follow(head.time, sent.into_std());
        let freshness = Arc::new(Freshness::at_most(settings.max_staleness));
        Ok(Self(Some(Shared {
            id: mint::process_id(clock.now())?,
            name: settings.node.clone(),
            max_staleness: settings.max_staleness,
            freshness,
            applied: AtomicI64::new(head.number),
            is_following: AtomicBool::new(false),
            doubts: Doubts::default(),
        })))
    }

    /// Whether other processes may change the store.
    pub(crate) const fn has_others(&self) -> bool {
        self.0.is_some()
    }

    /// How long memory may be believed.
    pub(crate) fn freshness(&self) -> Arc<Freshness> {
        self.0.as_ref().map_or_else(|| Arc::new(Freshness::always()), |shared| Arc::clone(&shared.freshness))
    }

    pub(crate) fn max_staleness(&self) -> Option<Duration> {
        self.0.as_ref().map(|shared| shared.max_staleness)
    }

    /// What this process is called in the feed; another one's name at each start.
    pub(crate) fn id(&self) -> &str {
        self.0.as_ref().map_or("", |shared| &shared.id)
    }

    /// What the operator calls it.
    pub(crate) fn name(&self) -> &str {
        self.0.as_ref().map_or("", |shared| &shared.name)
    }

    /// The newest change that this node knows of.
    pub(crate) fn applied(&self) -> i64 {
        self.0.as_ref().map_or(0, |shared| shared.applied.load(Ordering::Acquire))
    }

    pub(crate) fn has_applied(&self, number: i64) {
        if let Some(shared) = &self.0 {
            shared.applied.store(number, Ordering::Release);
        }
    }

    /// The others know that this node is there, and after that the feed was read to its end, for the first time.
    pub(crate) fn is_following_now(&self) {
        if let Some(shared) = &self.0 {
            shared.is_following.store(true, Ordering::Release);
        }
    }

    /// Whether it ever was.
    pub(crate) fn is_following(&self) -> bool {
        self.0.as_ref().is_some_and(|shared| shared.is_following.load(Ordering::Acquire))
    }

    /// Writes what a change has made untrue into the feed, as a part of the change. Says under which number.
    pub(crate) async fn announce(
        &self,
        sql: &mut Connection,
        said: &[Said],
        now: Timestamp,
    ) -> Result<Option<i64>, Fault> {
        let Some(shared) = self.0.as_ref().filter(|_| !said.is_empty()) else { return Ok(None) };
        sql.announce(&shared.id, &Said::write(said), now).await
    }

    /// Changes of this node that may come by the feed although they failed.
    pub(crate) fn doubts(&self) -> Option<&Doubts> {
        self.0.as_ref().map(|shared| &shared.doubts)
    }

    /// Tells the others that this node ends.
    pub(crate) async fn leave(&self, store: &Store) {
        let Some(shared) = &self.0 else { return };
        let gone = async {
            let mut sql = store.plain().await?;
            nodes::is_gone(&mut sql, &shared.id).await
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), gone).await;
    }
}
