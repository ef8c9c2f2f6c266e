//! Envoy, asking over HTTP and by gRPC.

use std::path::{Path, PathBuf};
use std::process::Command;

use vestibule_tests::program;

use crate::site::{Door, Plan, Proxy};

pub(crate) const OVER_HTTP: Proxy = Proxy {
    name: "Envoy over HTTP",
    program: envoy,
    start: |plan| start(plan, &[]),
    // It takes 204 and 206 for refusals and passes them on.
    passes_on: &[204, 206],
    ..Proxy::USUAL
};

pub(crate) const BY_GRPC: Proxy = Proxy {
    name: "Envoy by gRPC",
    program: envoy,
    start: |plan| start(plan, &["--grpc"]),
    asks_at: Door::ExtAuthz,
    ..Proxy::USUAL
};

/// The program that `scripts/test-proxies` has put there.
pub(crate) fn envoy() -> Option<PathBuf> {
    let program = program::target().join("peers/envoy/envoy/_bin/envoy");
    program.exists().then_some(program)
}

fn start(plan: &Plan<'_>, more: &[&str]) -> Command {
    let file = plan.print("envoy.yaml", &[&["envoy", "--app", plan.app, "--listen", plan.listen], more].concat());
    run(plan.program, &file)
}

/// Envoy with this file, in the foreground.
pub(crate) fn run(program: &Path, file: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-c").arg(file).args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]);
    command
}
