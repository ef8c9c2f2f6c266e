//! The resolver on the wire: raw bytes in, raw bytes out, on TCP and on a unix socket, against a real ledger.

mod contract;
mod differential;
mod house;
mod limits;
mod pages;
mod slow;
mod smuggling;
