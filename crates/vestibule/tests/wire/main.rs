//! The resolver on the wire: raw bytes in, raw bytes out, on TCP and on a unix socket, against a real ledger.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod allocations;
mod contract;
mod differential;
mod doors;
mod ext_authz;
mod house;
mod identity;
mod limits;
mod ops;
mod pages;
mod slow;
mod smuggling;
mod trace;
mod vectors;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;
