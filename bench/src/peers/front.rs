//! The nginx in front of all peers, and other programs that listen on a port; what it serves is its caller's business.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

use crate::nginx;
use crate::process::Process;
use crate::server::free_address;

/// A running nginx.
pub(super) struct Front {
    process: Process,
    address: SocketAddr,
}

impl Front {
    /// Starts it in a folder that it makes. `upstreams` are blocks of `http`, `locations` are blocks of its only server.
    pub(super) fn start(folder: &Path, upstreams: &str, locations: &str) -> anyhow::Result<Self> {
        let address = free_address()?;
        let servers = format!("{upstreams}  server {{\n    listen {address};\n{locations}  }}\n");
        let process = nginx::start(folder, &servers, || TcpStream::connect(address).is_ok())?;
        Ok(Self { process, address })
    }

    /// The URL of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// It.
    pub(super) fn process(&self) -> &Process {
        &self.process
    }
}

/// Starts a program that is to listen on a port of this machine, and waits until it does.
pub(super) fn start_on(port: u16, command: &mut Command, log: &Path) -> anyhow::Result<Process> {
    Process::start_until(command, log, || TcpStream::connect(("127.0.0.1", port)).is_ok())
}

/// A port on which nothing listens. Somebody else may take it before it is used, and then the bench ends with an error.
pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(free_address()?.port())
}
