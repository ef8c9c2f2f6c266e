//! "Who is this?", answered from memory, and from the store where memory does not know (`flights.rs`).

use std::sync::Arc;

use vestibule_gate::claims::Claims;
use vestibule_gate::decide::{Outcome, decide};
use vestibule_gate::table::Table;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::TagKey;
use vestibule_gate::verdict::Verdict;

use crate::fault::Fault;
use crate::flights::Flights;
use crate::store::Store;

/// A read that keeps being voided is a fault.
const ATTEMPTS: usize = 4;

/// The live table and what fills it.
pub struct Live {
    table: Arc<Table>,
    key: TagKey,
    flights: Arc<Flights>,
}

impl Live {
    /// To be made on the runtime of the store.
    pub(crate) fn new(table: Arc<Table>, key: TagKey, store: Store, lifetime: Span) -> Arc<Self> {
        let flights = Arc::new(Flights::new(Arc::clone(&table), store, lifetime));
        Arc::new(Self { table, key, flights })
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
    pub async fn answer(&self, claims: &Claims<'_>, now: Timestamp) -> Result<Verdict, Fault> {
        for _ in 0..ATTEMPTS {
            match decide(claims, &self.table, &self.key, now) {
                Outcome::Answer(verdict) => return Ok(verdict),
                Outcome::Need(hashes) => {
                    for hash in hashes {
                        self.flights.load(hash, now).await?;
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
        self.flights.under_way()
    }

    pub(crate) const fn table(&self) -> &Arc<Table> {
        &self.table
    }

    pub(crate) const fn key(&self) -> &TagKey {
        &self.key
    }

    pub(crate) fn set_lifetime(&self, lifetime: Span) {
        self.flights.set_lifetime(lifetime);
    }
}
