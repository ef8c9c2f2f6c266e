//! The two nginx: the one in front with a door for each comparison, and the one that answers what Vestibule answers.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use vestibule_gate::verdict::HeaderPrefix;

use crate::process::Process;

/// The nginx that answers every subrequest with the same 200.
pub(crate) struct Floor {
    process: Process,
    socket: PathBuf,
}

impl Floor {
    /// Starts one whose answer has the headers of `answer`.
    pub(crate) fn start(folder: &Path, answer: &str) -> anyhow::Result<Self> {
        let socket = folder.join("floor.sock");
        let mut headers = String::new();
        for line in answer_of(answer) {
            let (name, value) = line.split_once(": ").with_context(|| format!("a header line: {line}"))?;
            headers += &format!("      add_header {name} \"{value}\";\n");
        }
        let server = format!(
            "  server {{\n    listen unix:{};\n    default_type \"\";\n    location / {{\n{headers}      \
             return 200;\n    }}\n  }}\n",
            socket.display()
        );
        let mut process = start(folder, &server)?;
        wait(&mut process, folder, || UnixStream::connect(&socket).is_ok())?;
        Ok(Self { process, socket })
    }

    /// Where it listens.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// It.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }
}

/// The nginx that wrk talks to.
pub(crate) struct Front {
    process: Process,
    port: u16,
}

impl Front {
    /// Starts it before a resolver and a floor.
    pub(crate) fn start(folder: &Path, resolver: &Path, floor: &Path) -> anyhow::Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut server = format!("  proxy_cache_path {}/cache keys_zone=answers:1m;\n", folder.display());
        for (name, socket) in [("vestibule", resolver), ("floor", floor)] {
            server += &format!(
                "  upstream {name} {{\n    server unix:{};\n    keepalive 64;\n    keepalive_requests {MANY};\n  }}\n",
                socket.display()
            );
        }
        server += &format!("  server {{\n    listen 127.0.0.1:{port};\n    location = /open {{ empty_gif; }}\n");
        server += &door("vestibule", "vestibule", "");
        server += &door("floor", "floor", "");
        server += &door("cached", "floor", CACHED);
        server += "  }\n";
        let mut process = start(folder, &server)?;
        wait(&mut process, folder, || TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        Ok(Self { process, port })
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

/// The header lines that both sides of the comparison must have in common: all but those that a server adds to any
/// answer. They are the ones that proxies read.
pub(crate) fn answer_of(head: &str) -> Vec<&str> {
    let own = ["date", "server", "connection", "content-length", "content-type"];
    let is_own = |line: &str| own.contains(&line.split(':').next().unwrap_or_default().to_ascii_lowercase().as_str());
    head.split("\r\n").skip(1).filter(|line| !line.is_empty() && !is_own(line)).collect()
}

/// `keepalive_requests` on every side: no connection ends within a run.
const MANY: u32 = 1_000_000_000;

/// What keeps answers, though they say `no-store`: the comparison is with what nginx alone could do.
const CACHED: &str = "      proxy_cache answers;\n      proxy_cache_key \"$cookie_session|$http_authorization\";\n      \
                      proxy_cache_valid 200 10m;\n      proxy_ignore_headers Cache-Control;\n";

/// A protected picture and its subrequest, whose answer is read into variables as every real configuration does.
fn door(name: &str, upstream: &str, more: &str) -> String {
    let mut text = format!("    location = /{name} {{\n      empty_gif;\n      auth_request /_{name};\n");
    for header in HeaderPrefix::default().names() {
        let variable = header.replace('-', "_");
        text += &format!("      auth_request_set ${variable} $upstream_http_{variable};\n");
    }
    text += &format!(
        "    }}\n    location = /_{name} {{\n      internal;\n      proxy_pass http://{upstream}/_resolver/resolve;\n      \
         proxy_http_version 1.1;\n      proxy_set_header Connection \"\";\n      proxy_pass_request_body off;\n      \
         proxy_set_header Content-Length \"\";\n{more}    }}\n"
    );
    text
}

/// Starts an nginx in a folder of its own.
fn start(folder: &Path, server: &str) -> anyhow::Result<Process> {
    fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
    // Started by root, a worker would work as www-data, who may not look into this folder.
    let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
    let at = folder.display();
    let text = format!(
        "{user}worker_processes 1;\ndaemon off;\npid {at}/pid;\nerror_log stderr warn;\nevents {{ worker_connections \
         1024; }}\nhttp {{\n  access_log off;\n  server_tokens off;\n  keepalive_requests {MANY};\n  keepalive_timeout \
         300s;\n  client_body_temp_path {at}/body;\n  proxy_temp_path {at}/proxy;\n  fastcgi_temp_path {at}/fastcgi;\n  \
         uwsgi_temp_path {at}/uwsgi;\n  scgi_temp_path {at}/scgi;\n{server}}}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, text)?;
    let mut command = Command::new("nginx");
    // Debian keeps it where the path of a plain user does not lead.
    command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()));
    command.arg("-p").arg(folder).arg("-e").arg("stderr").arg("-c").arg(file);
    Process::start(&mut command, &folder.join("log"))
}

fn wait(process: &mut Process, folder: &Path, is_there: impl Fn() -> bool) -> anyhow::Result<()> {
    for _ in 0..500 {
        if is_there() {
            return Ok(());
        }
        if !process.runs() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    bail!("nginx does not start; it says:\n{}", fs::read_to_string(folder.join("log")).unwrap_or_default())
}
