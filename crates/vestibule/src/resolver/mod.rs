//! The resolver's listener: the door that proxies ask at, for each request that they get, who it comes from.
//!
//! A loop of our own over `httparse` and not the pages' HTTP server: a resolve is one read, one write and no allocation
//! on a connection that is kept. [`door`] tells the doors apart, [`resolve`] answers "who is this?" and [`may_pass`] "may
//! this request pass?", [`exchange`] has the bytes, [`connection`] carries them, on [`threads`] of its own. [`envoy`] is
//! the door that decides once more, for proxies that ask by gRPC, on a listener of its own.

pub mod connection;
pub mod denial;
pub mod door;
pub mod envoy;
pub mod exchange;
pub mod may_pass;
pub mod passage;
pub mod policy;
pub mod resolve;
mod service;
pub mod threads;
mod trace;

pub use policy::{Policy, Shadow};
pub use resolve::{Caching, Resolver};
pub use service::{MAX_CONNECTIONS, Service};
pub use threads::Threads;
pub use trace::TraceSecret;
