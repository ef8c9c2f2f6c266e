//! HAProxy, which asks by a Lua script.

use std::path::PathBuf;
use std::process::Command;

use crate::site::{Plan, Proxy};

pub(crate) const BY_LUA: Proxy = Proxy { name: "HAProxy", program: haproxy, start, ..Proxy::USUAL };

/// Debian's.
pub(crate) fn haproxy() -> Option<PathBuf> {
    Some(PathBuf::from("/usr/sbin/haproxy")).filter(|program| program.exists())
}

pub(crate) fn start(plan: &Plan<'_>) -> Command {
    let script = plan.print("vestibule.lua", &["haproxy", "--lua"]);
    let script = script.to_str().expect("a plain name");
    // Only root can become somebody else.
    let user = if rustix::process::geteuid().is_root() { "haproxy" } else { "none" };
    let arguments = ["haproxy", "--app", plan.app, "--listen", plan.listen, "--lua-file", script, "--user", user];
    let file = plan.print("haproxy.cfg", &arguments);
    let mut command = Command::new(plan.program);
    command.arg("-db").arg("-f").arg(file);
    command
}
