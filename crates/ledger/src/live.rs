//! "Who is this?", answered from memory, and from the store where memory does not know (`flights.rs`).

use std::sync::Arc;

use vestibule_gate::claims::Claims;
use vestibule_gate::decide::{Need, Outcome, Reach, Unknown, decide, decide_bearer};
use vestibule_gate::keys::Keys;
use vestibule_gate::table::{Forget, JustRead, Reading, Table};
use vestibule_gate::time::Timestamp;
use vestibule_gate::token::jwt::{self, Audience, Expected, Expiry, TokenType};
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::{Identity, Verdict};

use crate::fault::Fault;
use crate::flights::{Flights, Sought, VerifiedJwt};
use crate::freshness::Freshness;
use crate::store::Store;
use crate::store::resolves::Terms;

/// A read that keeps being voided is a fault.
const ATTEMPTS: usize = 4;

/// The live table and what fills it.
pub struct Live {
    table: Arc<Table>,
    keys: Arc<Keys>,
    issuer: Box<str>,
    flights: Arc<Flights>,
    freshness: Arc<Freshness>,
}

impl Live {
    /// To be made on the runtime of the store.
    pub(crate) fn new(
        table: Arc<Table>,
        keys: Arc<Keys>,
        issuer: Box<str>,
        store: Store,
        terms: Terms,
        freshness: Arc<Freshness>,
    ) -> Arc<Self> {
        let flights = Arc::new(Flights::new(Arc::clone(&table), Arc::clone(&keys), store, terms));
        Arc::new(Self { table, keys, issuer, flights, freshness })
    }

    /// Answers from memory, or not at all. Never waits.
    #[must_use]
    pub fn answer_from_memory(&self, claims: &Claims<'_>, now: Timestamp, reach: Reach) -> Option<Verdict> {
        if !self.freshness.is_fresh() {
            return None;
        }
        match decide(claims, &*self.table, &self.keys, now, reach) {
            Outcome::Answer(verdict) => Some(verdict),
            Outcome::Need(_) => None,
        }
    }

    /// Answers, from the store where memory does not know. Whether memory is believed is asked when the request comes: the
    /// staleness that is promised counts from there, and what is read meanwhile is newer.
    ///
    /// # Errors
    /// [`Fault`] when the answer cannot be known: never taken for a yes, nor for "nobody".
    pub async fn answer(&self, claims: &Claims<'_>, now: Timestamp, reach: Reach) -> Result<Verdict, Fault> {
        if !self.freshness.is_fresh() {
            return self.read_apart(|reading| decide(claims, reading, &self.keys, now, reach), now).await;
        }
        let mut outcome = decide(claims, &*self.table, &self.keys, now, reach);
        for _ in 0..ATTEMPTS {
            match outcome {
                Outcome::Answer(verdict) => return Ok(verdict),
                Outcome::Need(need) => self.load(need, now).await?,
            }
            outcome = decide(claims, &JustRead(&self.table), &self.keys, now, reach);
        }
        Err(Fault::Unsettled)
    }

    /// Whose credentials these are, whatever they were given for; see [`decide_bearer`].
    ///
    /// # Errors
    /// [`Fault`] when it cannot be known.
    pub async fn bearer(&self, claims: &Claims<'_>, now: Timestamp) -> Result<Option<Identity>, Fault> {
        if !self.freshness.is_fresh() {
            return self.read_apart(|reading| decide_bearer(claims, reading, &self.keys, now), now).await;
        }
        let mut outcome = decide_bearer(claims, &*self.table, &self.keys, now);
        for _ in 0..ATTEMPTS {
            match outcome {
                Outcome::Answer(identity) => return Ok(identity),
                Outcome::Need(need) => self.load(need, now).await?,
            }
            outcome = decide_bearer(claims, &JustRead(&self.table), &self.keys, now);
        }
        Err(Fault::Unsettled)
    }

    /// Answers from the store alone, for this one request: memory may be behind what other nodes have changed.
    async fn read_apart<A>(&self, decide: impl Fn(&Reading<'_>) -> Outcome<A>, now: Timestamp) -> Result<A, Fault> {
        metrics::counter!("vestibule_stale_reads_total").increment(1);
        let mut reading = Reading::new(&self.table);
        for _ in 0..ATTEMPTS {
            let need = match decide(&reading) {
                Outcome::Answer(answer) => return Ok(answer),
                Outcome::Need(need) => need,
            };
            for unknown in need {
                let (name, row) = match unknown {
                    Unknown::Secret(hash) => (hash, self.flights.read_apart(&Sought::secret(hash), now).await?),
                    Unknown::Jwt(token) => match self.verify(&token.text, now) {
                        Some(jwt) => {
                            let sought = Sought { name: token.hash, stored_as: token.stored_as, jwt: Some(jwt) };
                            (token.hash, self.flights.read_apart(&sought, now).await?)
                        }
                        None => (token.hash, None),
                    },
                };
                reading.put(name, row);
            }
        }
        Err(Fault::Unsettled)
    }

    async fn load(&self, need: Need, now: Timestamp) -> Result<(), Fault> {
        for unknown in need {
            let sought = match unknown {
                Unknown::Secret(hash) => Sought::secret(hash),
                Unknown::Jwt(token) => match self.verify(&token.text, now) {
                    Some(jwt) => Sought { name: token.hash, stored_as: token.stored_as, jwt: Some(jwt) },
                    None => {
                        // For ever: a token that is over or was never ours does not become one.
                        let _ = self.table.fill(self.table.ticket(), token.hash, None);
                        continue;
                    }
                },
            };
            self.flights.load(sought, now).await?;
        }
        Ok(())
    }

    /// What an access token of ours says; `None` when it is none.
    fn verify(&self, text: &str, now: Timestamp) -> Option<VerifiedJwt> {
        let expected = Expected {
            token_type: TokenType::Access,
            issuer: &self.issuer,
            // The store knows whom it was made for, too, and says whether that is us.
            audience: Audience::Anybody,
            expiry: Expiry::Counts,
        };
        let verified = jwt::verify(text, &self.keys.published(), &expected, now).ok()?;
        Some(VerifiedJwt { ends: verified.expires_at(), key: verified.key().clone() })
    }

    /// The access tokens that were read for the first time since this was last asked.
    pub(crate) fn take_first_uses(&self) -> Vec<TokenHash> {
        self.flights.take_first_uses()
    }

    /// Those could not be written.
    pub(crate) fn put_back_first_uses(&self, unwritten: Vec<TokenHash>) {
        self.flights.put_back_first_uses(unwritten);
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

    pub(crate) fn freshness(&self) -> &Freshness {
        &self.freshness
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Puts other terms in force. What was read without addresses and names is read again with them; a read that is
    /// under way began before the forgetting, and is voided by it.
    pub(crate) fn set_terms(&self, terms: Terms) {
        let before = self.flights.set_terms(terms);
        if before.profiles != terms.profiles {
            self.table.forget(Forget::All);
        }
    }
}
