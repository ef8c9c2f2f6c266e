//! An nginx with one worker, in a folder of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::process::Process;

/// `keepalive_requests` on every side: no connection ends within a run.
pub(crate) const MANY: u32 = 1_000_000_000;

/// Starts one with these lines in its `http` block, and waits until it is there.
pub(crate) fn start(folder: &Path, servers: &str, is_there: impl Fn() -> bool) -> anyhow::Result<Process> {
    fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
    // Started by root, a worker would work as www-data, who may not look into this folder.
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    let at = folder.display();
    // Idle connections stay for as long as Vestibule lets them.
    let text = format!(
        "{user}worker_processes 1;\ndaemon off;\npid {at}/pid;\nerror_log stderr warn;\nevents {{ worker_connections \
         4096; }}\nhttp {{\n  access_log off;\n  server_tokens off;\n  keepalive_requests {MANY};\n  keepalive_timeout \
         90s;\n  client_body_temp_path {at}/body;\n  proxy_temp_path {at}/proxy;\n  fastcgi_temp_path {at}/fastcgi;\n  \
         uwsgi_temp_path {at}/uwsgi;\n  scgi_temp_path {at}/scgi;\n{servers}}}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, text)?;
    let mut command = Command::new("nginx");
    // Debian keeps it where the path of a plain user does not lead.
    command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()));
    command.arg("-p").arg(folder).arg("-e").arg("stderr").arg("-c").arg(file);
    Process::start_until(&mut command, &folder.join("log"), is_there)
}
