//! Traefik, where somebody has put it: `scripts/build-traefik` builds it, which takes Go some minutes.

use std::path::PathBuf;
use std::process::Command;

use vestibule_tests::program;

use crate::site::{Door, Plan, Proxy};

pub(crate) const FORWARDING: Proxy = Proxy {
    name: "Traefik",
    program: traefik,
    start,
    asks_at: Door::Tcp,
    unasked: &[500],
    // Every 2xx is a yes for it, so these reach the application; see `docs/proxies/traefik.md`.
    passes: &[200, 204, 206],
    // Thirty seconds, and it has no setting for that.
    waits_long: true,
    doctor_finds: &[
        // Before anybody is asked, so that both see the same.
        "WRONG `/doctor-%61` reached the application as `/doctor-a`",
        "WRONG the cookie `session` reached the application",
    ],
    takes_our_cookies_out: false,
    ..Proxy::USUAL
};

pub(crate) fn traefik() -> Option<PathBuf> {
    Some(program::target().join("peers/traefik/traefik")).filter(|program| program.exists())
}

fn start(plan: &Plan<'_>) -> Command {
    let dynamic = plan.print("vestibule.yml", &["traefik", "--app", plan.app]);
    let dynamic = dynamic.to_str().expect("a folder has a name");
    let file = plan.print("traefik.yml", &["traefik", "--static", "--listen", plan.listen, "--file", dynamic]);
    let mut command = Command::new(plan.program);
    command.arg("--configfile").arg(file);
    command
}
