//! The truth, in SQL: a file a table. Nothing outside the ledger sees any of it.
//!
//! The text of every statement is accepted by SQLite and PostgreSQL alike: `$1` parameters, times as integer
//! milliseconds, ids and hashes as text. What differs between engines stands in `engine/`.

pub(crate) mod activity;
pub(crate) mod attempts;
pub(crate) mod clients;
pub(crate) mod codes;
pub(crate) mod consents;
pub(crate) mod credentials;
pub(crate) mod engine;
pub(crate) mod feed;
pub(crate) mod folder;
pub(crate) mod keys;
pub(crate) mod nodes;
pub(crate) mod one_time;
pub(crate) mod pending;
pub(crate) mod refresh_tokens;
pub(crate) mod resolves;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod unfinished;
pub(crate) mod users;

pub use engine::Connections;
#[cfg(test)]
pub(crate) use engine::Lease;
pub(crate) use engine::{Connection, Listener, Place, Store, Woken, Work, query};
