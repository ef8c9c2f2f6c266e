//! Envoy's `ext_authz` by gRPC (`envoy.service.auth.v3.Authorization/Check`): the door that decides, in other words.
//!
//! [`messages`] has the parts of Envoy's messages that are read or written here, [`framing`] how gRPC wraps them,
//! [`described`] finds in one what the HTTP door finds in a head, [`wording`] puts what was decided into the other. A
//! [`call`] is one question and its answer, [`connection`] carries calls, [`service`] lets connections in.

mod call;
mod connection;
pub mod described;
pub mod framing;
pub mod messages;
mod reply;
mod service;
mod wording;

pub use service::{MAX_CONNECTIONS, Service};
