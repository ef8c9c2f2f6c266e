//! The resolver's listener: the door that proxies ask at, for each request that they get, who it comes from.
//!
//! A loop of our own over `httparse` and not the pages' HTTP server: a resolve is one read, one write and no allocation
//! on a connection that is kept. [`head`] reads, [`resolve`] answers, [`connection`] does the I/O between them, [`seats`]
//! bounds how many connections there are.

pub mod answer;
pub mod connection;
mod deadline;
pub mod head;
mod input;
pub mod resolve;
pub mod seats;
mod service;

pub use resolve::{Caching, Resolver};
pub use service::{MAX_CONNECTIONS, Service};
