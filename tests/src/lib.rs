//! The harness of the end-to-end tests: the built binary, nginx, a recording application and Chromium, started on
//! free ports in a folder of their own and gone when the test is. Nothing of ours is replaced by a stand-in.
//!
//! Every test starts what it needs, so any one of them runs alone: `cargo test -p vestibule-tests NAME`.

pub mod axe;
pub mod backend;
pub mod browser;
pub mod clock;
pub mod cluster;
pub mod forwarder;
pub mod history;
pub mod http;
pub mod nginx;
pub mod npm;
pub mod oauth;
pub mod person;
pub mod pgbouncer;
pub mod port;
pub mod postgres;
pub mod process;
pub mod program;
pub mod run;
pub mod server;
pub mod tls;
pub mod vectors;
pub mod wait;

use std::io::Write as _;

/// The prefix of the identity headers, where a test does not set its own.
pub const PREFIX: &str = "x-authgear-";

/// Says that a test could not run here and why; the caller returns. Written past the capture of the test runner, so
/// that the sum at the end of `make test` counts it as skipped and not as passed.
pub fn skip(test: &str, reason: &str) {
    _ = writeln!(std::io::stderr(), "\nskipped: {test}: {reason}");
}
