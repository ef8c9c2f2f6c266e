//! Envoy's gRPC door, asked by a client of HTTP/2 that we did not write.

pub(crate) mod caller;
mod decides;
mod limits;
mod never_differs;
