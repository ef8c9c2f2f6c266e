//! Apache httpd, which asks by a Lua script.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::site::{Plan, Proxy};

pub(crate) const BY_LUA: Proxy = Proxy { name: "Apache", program: apache, start, ..Proxy::USUAL };

/// Debian's, with the socket library of its Lua.
fn apache() -> Option<PathBuf> {
    let socket = Path::new("/usr/share/lua/5.3/socket.lua");
    Some(PathBuf::from("/usr/sbin/apache2")).filter(|program| program.exists() && socket.exists())
}

pub(crate) fn start(plan: &Plan<'_>) -> Command {
    let script = plan.print("vestibule.lua", &["apache", "--lua"]);
    let (script, folder) = (script.to_str().expect("a plain name"), plan.folder.to_str().expect("a plain name"));
    let options = ["--app", plan.app, "--listen", plan.listen, "--lua-file", script, "--run-dir", folder];
    let file = plan.print("apache2.conf", &[&["apache"], &options[..]].concat());
    let mut command = Command::new(plan.program);
    command.arg("-f").arg(file).args(["-c", "ErrorLog /dev/stderr", "-D", "FOREGROUND"]);
    command
}
