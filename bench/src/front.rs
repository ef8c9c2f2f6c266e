//! An nginx with one worker that wrk talks to; what it serves is its caller's business.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::process::Process;

/// A running nginx.
pub(crate) struct Front {
    process: Process,
    port: u16,
}

impl Front {
    /// Starts it in a folder that it makes. `upstreams` are blocks of `http`, `locations` are blocks of its only server.
    pub(crate) fn start(folder: &Path, upstreams: &str, locations: &str) -> anyhow::Result<Self> {
        fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
        let port = free_port()?;
        // Started by root, a worker would work as www-data, who may not look into this folder.
        let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
        let at = folder.display();
        let text = format!(
            "{user}worker_processes 1;\ndaemon off;\npid {at}/pid;\nerror_log stderr warn;\nevents {{ worker_connections \
             1024; }}\nhttp {{\n  access_log off;\n  server_tokens off;\n  keepalive_requests {MANY};\n  \
             keepalive_timeout 300s;\n  client_body_temp_path {at}/body;\n  proxy_temp_path {at}/proxy;\n  \
             fastcgi_temp_path {at}/fastcgi;\n  uwsgi_temp_path {at}/uwsgi;\n  scgi_temp_path {at}/scgi;\n{upstreams}  \
             server {{\n    listen 127.0.0.1:{port};\n{locations}  }}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, text)?;
        let mut command = Command::new("nginx");
        // Debian keeps it where the path of a plain user does not lead.
        command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()));
        command.arg("-p").arg(folder).arg("-e").arg("stderr").arg("-c").arg(file);
        Ok(Self { process: start_on(port, &mut command, &folder.join("log"))?, port })
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// It.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }
}

/// Starts a program that is to listen on a port of this machine, and waits until it does.
pub(crate) fn start_on(port: u16, command: &mut Command, log: &Path) -> anyhow::Result<Process> {
    let mut process = Process::start(command, log)?;
    for _ in 0..1_000 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(process);
        }
        if !process.runs() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let program = command.get_program().display();
    bail!("{program} does not listen; it says:\n{}", fs::read_to_string(log).unwrap_or_default())
}

/// A port on which nothing listens. Somebody else may take it before it is used, and then the bench ends with an error.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// For `keepalive_requests`: no connection ends within a run.
pub(crate) const MANY: u32 = 1_000_000_000;
