//! HTTP/1 on the wire, the same for every listener: one reading of a head, bounded buffers, stated time-outs, a bounded
//! number of connections.
//!
//! The resolver answers on it directly; [`router`] hands the pages' requests to hyper, one at a time and only those whose
//! head has one reading here.

pub mod accept;
pub mod answer;
pub mod connection;
mod deadline;
pub mod head;
mod input;
pub mod router;
pub mod seats;
