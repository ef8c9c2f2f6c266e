//! "Who is this?", answered from memory, and from the store where memory does not know.
//!
//! A credential that the table does not know is read once for all who wait for it. Nobody joins a read that is older
//! than the newest forgetting, or a request that began after a revocation would get the answer from before it.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use vestibule_gate::claims::Claims;
use vestibule_gate::decide::{Outcome, decide};
use vestibule_gate::table::{Table, Ticket};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{TagKey, TokenHash};
use vestibule_gate::verdict::Verdict;

use crate::fault::Fault;
use crate::store::{Store, sessions};

/// Reads of the store at a time. More wait: a flood of unknown credentials must not take the readers from the pages.
const READS: usize = 3;
/// A read that keeps being voided is a fault.
const ATTEMPTS: usize = 4;

/// The live table and what fills it.
pub struct Live {
    table: Arc<Table>,
    key: TagKey,
    store: Store,
    lifetime: Mutex<Span>,
    flights: Mutex<HashMap<TokenHash, Flight>>,
    reads: Semaphore,
    /// Where the store is read: whoever asks may be on an event loop that must not wait, or that ends.
    runtime: Handle,
}

/// A read under way, and the end that all who wait for it watch.
#[derive(Clone)]
struct Flight {
    ticket: Ticket,
    landed: watch::Receiver<Option<Result<(), Fault>>>,
}

impl Live {
    /// To be made on the runtime of the store.
    pub(crate) fn new(table: Arc<Table>, key: TagKey, store: Store, lifetime: Span) -> Arc<Self> {
        Arc::new(Self {
            table,
            key,
            store,
            lifetime: Mutex::new(lifetime),
            flights: Mutex::default(),
            reads: Semaphore::new(READS),
            runtime: Handle::current(),
        })
    }

    /// Answers from memory, or not at all. Never waits.
    #[must_use]
    pub fn answer_from_memory(&self, claims: &Claims<'_>, now: Timestamp) -> Option<Verdict> {
        match decide(claims, &self.table, &self.key, now) {
            Outcome::Answer(verdict) => Some(verdict),
            Outcome::Need(_) => None,
        }
    }

    /// Answers, from the store where memory does not know.
    ///
    /// # Errors
    /// [`Fault`] when the answer cannot be known: never taken for a yes, nor for "nobody".
    pub async fn answer(self: &Arc<Self>, claims: &Claims<'_>, now: Timestamp) -> Result<Verdict, Fault> {
        for _ in 0..ATTEMPTS {
            match decide(claims, &self.table, &self.key, now) {
                Outcome::Answer(verdict) => return Ok(verdict),
                Outcome::Need(hashes) => {
                    for hash in hashes {
                        self.load(hash, now).await?;
                    }
                }
            }
        }
        Err(Fault::Unsettled)
    }

    /// How many sessions are in memory.
    #[must_use]
    pub fn sessions_in_memory(&self) -> usize {
        self.table.len()
    }

    /// How many reads of the store are under way or waiting.
    #[must_use]
    pub fn loads_under_way(&self) -> usize {
        self.flights.lock().len()
    }

    pub(crate) const fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub(crate) const fn key(&self) -> &TagKey {
        &self.key
    }

    pub(crate) fn set_lifetime(&self, lifetime: Span) {
        *self.lifetime.lock() = lifetime;
    }

    /// Waits until the store was read for a credential, by us or by somebody who began after the newest forgetting.
    async fn load(self: &Arc<Self>, hash: TokenHash, now: Timestamp) -> Result<(), Fault> {
        let mut landed = self.join_or_start(hash, now);
        let outcome = landed.wait_for(Option::is_some).await.map_err(|_| Fault::Closed)?;
        outcome.clone().unwrap_or(Err(Fault::Closed))
    }

    fn join_or_start(self: &Arc<Self>, hash: TokenHash, now: Timestamp) -> watch::Receiver<Option<Result<(), Fault>>> {
        let mut flights = self.flights.lock();
        if let Some(flight) = flights.get(&hash)
            && self.table.is_current(flight.ticket)
        {
            return flight.landed.clone();
        }
        let ticket = self.table.ticket();
        let (land, landed) = watch::channel(None);
        flights.insert(hash, Flight { ticket, landed: landed.clone() });
        let live = Arc::clone(self);
        // A task of its own: whoever asked first may hang up while others wait.
        self.runtime.spawn(async move {
            let outcome = live.read(hash, ticket, now).await;
            let mut flights = live.flights.lock();
            // A younger read may have taken the place.
            if flights.get(&hash).is_some_and(|flight| flight.ticket == ticket) {
                flights.remove(&hash);
            }
            drop(flights);
            let _ = land.send(Some(outcome));
        });
        landed
    }

    async fn read(&self, hash: TokenHash, ticket: Ticket, now: Timestamp) -> Result<(), Fault> {
        let _permit = self.reads.acquire().await.map_err(|_| Fault::Closed)?;
        let lifetime = *self.lifetime.lock();
        let began = Instant::now();
        let mut sql = self.store.read().await?;
        let row = sessions::of_credential(&mut sql, hash, lifetime, now).await?;
        drop(sql);
        metrics::histogram!("vestibule_store_load_seconds").record(began.elapsed());
        metrics::counter!("vestibule_store_loads_total").increment(1);
        // A voided read stored nothing and answers nobody: whoever waits decides anew and finds it still missing.
        let _voided = self.table.fill(ticket, hash, row);
        Ok(())
    }
}
