//! nginx, asking whether a request may pass.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::site::{Plan, Proxy};

pub(crate) const CHECKING: Proxy = Proxy {
    name: "nginx",
    program: nginx,
    start,
    // Whatever its question is answered with, but 200, 401 and 403, is 500; and 200 with something behind it is 502.
    unasked: &[500],
    ..Proxy::USUAL
};

fn nginx() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian has it where the PATH of most people does not look.
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())
}

fn start(plan: &Plan<'_>) -> Command {
    let folder = plan.folder.to_str().expect("a folder has a name");
    let options = ["--app", plan.app, "--listen", plan.listen, "--server-name", "localhost", "--run-dir", folder];
    let file = plan.print("nginx.conf", &[&["nginx"], &options[..]].concat());
    let mut command = Command::new(plan.program);
    command.arg("-p").arg(plan.folder).arg("-c").arg(file).args(["-g", "daemon off;", "-e"]);
    command.arg(plan.folder.join("error.log"));
    command
}
