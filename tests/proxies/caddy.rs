//! Caddy: Debian's, and the newest where Go could build it.

use std::path::PathBuf;
use std::process::Command;

use vestibule_tests::program;

use crate::site::{Plan, Proxy};

pub(crate) const DEBIAN: Proxy =
    Proxy { name: "Caddy 2.6", program: debian, start, unasked: &[502, 504], ..Proxy::USUAL };

pub(crate) const NEWEST: Proxy = Proxy { name: "Caddy, the newest", program: newest, ..DEBIAN };

pub(crate) fn debian() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/bin/caddy")).filter(|program| program.exists())
}

/// The program that `scripts/test-proxies` has built.
pub(crate) fn newest() -> Option<PathBuf> {
    Some(program::target().join("peers/caddy/caddy")).filter(|program| program.exists())
}

fn start(plan: &Plan<'_>) -> Command {
    let file = plan.print("Caddyfile", &["caddy", "--app", plan.app, "--listen", plan.listen]);
    let mut command = Command::new(plan.program);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    // Caddy writes down what it was told last, in its own folders.
    command.env("HOME", plan.folder).env("XDG_CONFIG_HOME", plan.folder).env("XDG_DATA_HOME", plan.folder);
    command
}
