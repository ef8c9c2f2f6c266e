//! What an operator's command asks of whoever holds the data folder: the running server, over a socket in the folder,
//! or the command itself when nobody holds it. Either way [`perform()`] does it, so both do the same.

pub mod client;
pub mod clients;
pub mod command;
mod everywhere;
pub mod explain;
mod import;
mod perform;
pub mod reach;
pub mod reply;
pub mod server;
mod socket;
pub mod tokens;
pub mod written;

pub use command::Command;
pub use perform::perform;
pub use reply::{Refusal, Reply};

#[cfg(test)]
mod tests;
