//! What nodes that share a store tell each other: what each change has made untrue.
//!
//! A change writes it in its own transaction, under the next number of all changes (`store/feed.rs`): the numbers are in
//! the order of the commits, and none is missing. Every node reads them in that order (`follow.rs`).

mod backoff;
mod doubt;
mod ears;
pub(crate) mod everywhere;
pub(crate) mod follow;
mod past;
mod said;
mod say_so;

pub(crate) use doubt::Doubts;
pub(crate) use said::Said;
