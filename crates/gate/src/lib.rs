//! Decides, from facts given as arguments, who a request comes from and what it may have.
//!
//! Nothing in this crate reads a clock, a file, a socket or a random source, and nothing in it waits: what it
//! lacks it returns as a need ([`decide::Outcome::Need`]), and the ledger fetches it. If a line
//! *decides*, it belongs here; if it reads or changes the truth, it belongs to the ledger; if it speaks to the
//! outside (wire, page, terminal), it belongs to the binary.

#![forbid(unsafe_code)]

pub mod account;
pub mod claims;
pub mod decide;
pub mod grant;
pub mod id;
pub mod keys;
pub mod network;
pub mod original;
pub mod rules;
pub mod table;
pub mod time;
pub mod token;
pub mod verdict;
