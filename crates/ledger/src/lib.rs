//! Knows and changes: users, sessions and their secrets, in SQL and in the live table. The only writer.
//!
//! [`changes`] has a file a change: its folder shows all that can ever change. [`queries`] has a file a question.
//! [`live`] answers "who is this?". Everything else is how they do it.

#![forbid(unsafe_code)]

pub mod assertion;
pub mod backup;
pub mod changes;
mod client;
pub mod clock;
pub mod cluster;
mod commit;
pub mod copy;
mod fault;
mod feed;
mod flights;
mod freshness;
mod jobs;
mod ledger;
pub mod live;
mod mint;
mod node;
pub mod proof;
pub mod queries;
pub mod settings;
mod signing;
mod store;
mod user;

pub use client::ClientRecord;
pub use fault::{Fault, OpenError};
pub use ledger::Ledger;
pub use mint::mark;
pub use signing::{KeyInfo, Keyring, KeyringError, Phase};
pub use store::Connections;
pub use user::{NewUser, SessionInfo, StoredHash, StoredHashError, User, UserRef};
