//! Envoy, asking over HTTP and by gRPC: every test runs through both.

mod faults;
mod forging;
mod passing;
mod paths;
mod printed;
mod site;
