//! The nginx that answers every subrequest with the same 200: the least that a real web server does.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;

use super::headers_of;
use crate::nginx;
use crate::process::Process;

/// Starts one, in a folder of its own, whose answer has the headers of `answer`.
pub(super) fn start(folder: &Path, socket: &Path, address: SocketAddr, answer: &str) -> anyhow::Result<Process> {
    let mut headers = String::new();
    for line in headers_of(answer) {
        let (name, value) = line.split_once(": ").with_context(|| format!("a header line: {line}"))?;
        headers += &format!("      add_header {name} \"{value}\";\n");
    }
    // The queue is as long as Vestibule's.
    let server = format!(
        "  server {{\n    listen unix:{};\n    listen {address} backlog=1024;\n    default_type \"\";\n    location / \
         {{\n{headers}      return 200;\n    }}\n  }}\n",
        socket.display()
    );
    nginx::start(folder, &server, || std::net::TcpStream::connect(address).is_ok())
}
