//! Reads of the store for resolves: one a credential for all who wait for it, and few statements for many credentials.
//!
//! Whoever asks joins a read that is under way, unless something was forgotten since it was asked for: then a request
//! that began after a revocation would get what was read before it. A few tasks read what has gathered in the meantime,
//! up to [`MOST`] credentials in a statement: on a busy machine the hand-over between threads costs more than the read.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use vestibule_gate::keys::Keys;
use vestibule_gate::table::{Found, SessionRow, Table, Ticket};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::KeyId;
use vestibule_gate::token::opaque::TokenHash;

use crate::fault::Fault;
use crate::store::Store;
use crate::store::resolves::{self, Looked, MOST, Terms};
use crate::store::signing_keys;

/// Statements at a time. A flood of unknown credentials must not take the readers from the pages.
const READERS: usize = 3;
/// First uses that wait while the store cannot be written: 32 bytes each.
const MOST_FIRST_USES: usize = 1 << 20;

/// How a read ended: the table knows now, or nobody can.
type Outcome = Result<(), Fault>;

/// The reads that are under way or waiting.
pub(crate) struct Flights {
    table: Arc<Table>,
    keys: Arc<Keys>,
    store: Store,
    terms: Mutex<Terms>,
    state: Mutex<State>,
    /// To be written behind: whether an access token was ever used decides what a repeated refresh gets.
    first_uses: Mutex<Vec<TokenHash>>,
    /// Where the store is read: whoever asks may be on an event loop that must not wait, or that ends.
    runtime: Handle,
}

#[derive(Default)]
struct State {
    under_way: HashMap<TokenHash, Flight>,
    waiting: VecDeque<Waiting>,
    readers: usize,
}

/// What all who wait for a read watch.
#[derive(Clone)]
struct Flight {
    ticket: Ticket,
    landed: watch::Receiver<Option<Outcome>>,
}

/// A credential that is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// What the credential as presented hashes to: the name under which the table is to know it.
    pub(crate) name: TokenHash,
    /// The name under which the store has it: another one for a JWT, which is stored by its `jti`.
    pub(crate) stored_as: TokenHash,
    /// What a JWT says itself, verified before.
    pub(crate) jwt: Option<VerifiedJwt>,
}

/// What of a verified JWT still matters when its row was read.
#[derive(Debug, Clone)]
pub(crate) struct VerifiedJwt {
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// The key that signed it. It may be retired while the row is read.
    pub(crate) key: KeyId,
}

impl Sought {
    /// An opaque secret.
    pub(crate) const fn secret(hash: TokenHash) -> Self {
        Self { name: hash, stored_as: hash, jwt: None }
    }
}

/// A read that no reader has taken yet.
struct Waiting {
    sought: Sought,
    ticket: Ticket,
    now: Timestamp,
    land: watch::Sender<Option<Outcome>>,
}

impl Flights {
    /// To be made on the runtime of the store.
    pub(crate) fn new(table: Arc<Table>, keys: Arc<Keys>, store: Store, terms: Terms) -> Self {
        let (terms, state, first_uses) = (Mutex::new(terms), Mutex::default(), Mutex::default());
        Self { table, keys, store, terms, state, first_uses, runtime: Handle::current() }
    }

    /// Puts other terms in force, and says which held before.
    pub(crate) fn set_terms(&self, terms: Terms) -> Terms {
        std::mem::replace(&mut self.terms.lock(), terms)
    }

    /// How many credentials are being read, or wait for it.
    pub(crate) fn under_way(&self) -> usize {
        self.state.lock().under_way.len()
    }

    /// Waits until the store was read for a credential, by us or by somebody who asked after the newest forgetting.
    pub(crate) async fn load(self: &Arc<Self>, sought: Sought, now: Timestamp) -> Outcome {
        let mut landed = self.join_or_start(sought, now);
        let outcome = landed.wait_for(Option::is_some).await.map_err(|_| Fault::Closed)?;
        outcome.clone().unwrap_or(Err(Fault::Closed))
    }

    fn join_or_start(self: &Arc<Self>, sought: Sought, now: Timestamp) -> watch::Receiver<Option<Outcome>> {
        let mut state = self.state.lock();
        let hash = sought.name;
        if let Some(flight) = state.under_way.get(&hash)
            && self.table.is_current(flight.ticket)
            // Its reader is there.
            && flight.landed.has_changed().is_ok()
        {
            return flight.landed.clone();
        }
        if !matches!(self.table.look_up(&hash), Found::Unknown) {
            // It landed between the caller's look and this lock.
            return watch::channel(Some(Ok(()))).1;
        }
        let ticket = self.table.ticket();
        let (land, landed) = watch::channel(None);
        state.under_way.insert(hash, Flight { ticket, landed: landed.clone() });
        state.waiting.push_back(Waiting { sought, ticket, now, land });
        if state.readers < READERS {
            state.readers += 1;
            // A task of its own: whoever asked may hang up while others wait.
            self.runtime.spawn(Reader { flights: Arc::clone(self), counts: true }.read_all());
        }
        landed
    }

    async fn read(&self, batch: Vec<Waiting>) {
        let hashes: Vec<TokenHash> = batch.iter().map(|waiting| waiting.sought.stored_as).collect();
        // The oldest: what is stored ends at most a lifetime after it.
        let now = batch.iter().map(|waiting| waiting.now).min().unwrap_or(Timestamp::NEVER);
        match self.look(&hashes, now).await {
            Ok(rows) => {
                for (waiting, row) in batch.into_iter().zip(rows) {
                    // A voided read stored nothing and answers nobody: whoever waits decides anew, and finds it missing.
                    let outcome = row.map(|looked| self.fill(&waiting, looked));
                    self.land(waiting, outcome);
                }
            }
            Err(fault) => batch.into_iter().for_each(|waiting| self.land(waiting, Err(fault.clone()))),
        }
    }

    fn fill(&self, waiting: &Waiting, looked: Option<Looked>) {
        let row = self.row_of(&waiting.sought, looked, waiting.now);
        let _ = self.table.fill(waiting.ticket, waiting.sought.name, row);
    }

    /// Reads one credential for one request, whatever memory knows.
    pub(crate) async fn read_apart(&self, sought: &Sought, now: Timestamp) -> Result<Option<SessionRow>, Fault> {
        if let Some(jwt) = &sought.jwt {
            // Another node may have retired its key, and this one not know.
            let mut sql = self.store.read().await?;
            if !signing_keys::is_published(&mut sql, &jwt.key).await? {
                return Ok(None);
            }
        }
        let looked = self.look(&[sought.stored_as], now).await?.pop().unwrap_or(Ok(None))?;
        Ok(self.row_of(sought, looked, now))
    }

    fn row_of(&self, sought: &Sought, looked: Option<Looked>, now: Timestamp) -> Option<SessionRow> {
        let Sought { stored_as, jwt, .. } = sought;
        // Looked at behind the ticket: a key that is retired from now on has its forgetting behind the ticket, too, and
        // that voids what is filled in here.
        let keys = self.keys.published();
        let is_signed = jwt.as_ref().is_none_or(|jwt| keys.find(jwt.key.as_str()).is_some());
        let is_dead = |looked: &Looked| !is_signed || self.table.is_unused_everywhere(&looked.row, now);
        looked.filter(|looked| !is_dead(looked)).map(|Looked { mut row, is_first_use }| {
            row.expires_at = jwt.as_ref().map_or(row.expires_at, |jwt| row.expires_at.min(jwt.ends));
            if is_first_use {
                self.first_uses.lock().push(*stored_as);
            }
            row
        })
    }

    /// The access tokens that were read for the first time since this was last asked.
    pub(crate) fn take_first_uses(&self) -> Vec<TokenHash> {
        std::mem::take(&mut self.first_uses.lock())
    }

    /// Those could not be written; the oldest that fit are asked for again.
    pub(crate) fn put_back_first_uses(&self, unwritten: Vec<TokenHash>) {
        let mut waiting = self.first_uses.lock();
        let newer = std::mem::replace(&mut *waiting, unwritten);
        waiting.extend(newer);
        waiting.truncate(MOST_FIRST_USES);
    }

    async fn look(&self, hashes: &[TokenHash], now: Timestamp) -> Result<Vec<resolves::Looking>, Fault> {
        let terms = *self.terms.lock();
        let began = Instant::now();
        let mut sql = self.store.read().await?;
        let rows = resolves::of_credentials(&mut sql, hashes, terms, now).await?;
        drop(sql);
        metrics::histogram!("vestibule_store_load_seconds").record(began.elapsed());
        metrics::counter!("vestibule_store_loads_total").increment(hashes.len() as u64);
        Ok(rows)
    }

    fn land(&self, waiting: Waiting, outcome: Outcome) {
        let mut state = self.state.lock();
        // A younger read may have taken the place.
        if state.under_way.get(&waiting.sought.name).is_some_and(|flight| flight.ticket == waiting.ticket) {
            state.under_way.remove(&waiting.sought.name);
        }
        drop(state);
        let _ = waiting.land.send(Some(outcome));
    }
}

/// A task that reads. It counts until it ends, however that comes: one that was lost would be missing for ever.
struct Reader {
    flights: Arc<Flights>,
    counts: bool,
}

impl Reader {
    /// Reads what waits, until nothing does.
    async fn read_all(mut self) {
        while let Some(batch) = self.next_batch() {
            self.flights.read(batch).await;
        }
    }

    /// What waits. When nothing does, this reader has ended in the same moment: whoever asks next knows that.
    fn next_batch(&mut self) -> Option<Vec<Waiting>> {
        let mut state = self.flights.state.lock();
        let count = state.waiting.len().min(MOST);
        if count == 0 {
            state.readers -= 1;
            self.counts = false;
            return None;
        }
        Some(state.waiting.drain(..count).collect())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.counts {
            self.flights.state.lock().readers -= 1;
        }
    }
}
