//! What answers a resolve: Vestibule, another nginx, and a server that does nothing. All three give the same headers,
//! over a unix socket and over TCP.

mod floor;
pub(crate) mod null_grpc;
pub(crate) mod null_server;

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::Bench;
use crate::process::Process;
use crate::server::{Place, ask, ask_over_tcp, cookie, free_address};

/// One that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Vestibule: each answer is resolved anew.
    Vestibule,
    /// The server that does nothing.
    Null,
    /// The nginx that returns 200.
    Floor,
}

/// All of them, running.
pub(crate) struct Answering {
    place: Place,
    cookie: String,
    vestibule: Server,
    null: Server,
    floor: Server,
}

/// A running server and where it listens.
pub(crate) struct Server {
    /// The program.
    pub(crate) process: Process,
    /// Its unix socket.
    pub(crate) socket: PathBuf,
    /// Its address for TCP.
    pub(crate) address: SocketAddr,
}

impl Answering {
    /// Seeds a store, starts the three, and makes sure that they answer alike.
    pub(crate) fn start(bench: &Bench<'_>) -> anyhow::Result<Self> {
        let (place, secrets) = bench.seeded("vestibule", 1_000)?;
        let cookie = cookie(secrets[0].expose());
        let vestibule =
            Server { process: place.serve(bench.options)?, socket: place.resolver(), address: place.address() };
        let answer = ask(&vestibule.socket, &cookie)?;
        ensure!(answer.contains(": true\r\n"), "a live session is not answered with yes but:\n{answer}");

        let (socket, address) = (bench.folder.join("null.sock"), free_address()?);
        let process = start_null_server(bench.folder, &socket, address, &answer)?;
        let null = Server { process, socket, address };

        let (socket, address) = (bench.folder.join("floor.sock"), free_address()?);
        let process = floor::start(&bench.folder.join("floor"), &socket, address, &answer)?;
        let floor = Server { process, socket, address };

        for server in [&vestibule, &null, &floor] {
            for other in [ask(&server.socket, &cookie)?, ask_over_tcp(server.address, &cookie)?] {
                let alike = other.starts_with("HTTP/1.1 200 ") && headers_of(&other) == headers_of(&answer);
                ensure!(alike, "those that are compared do not answer alike:\n{answer}{other}");
            }
        }
        Ok(Self { place, cookie, vestibule, null, floor })
    }

    /// One of them.
    pub(crate) const fn server(&self, who: Who) -> &Server {
        match who {
            Who::Vestibule => &self.vestibule,
            Who::Null => &self.null,
            Who::Floor => &self.floor,
        }
    }

    /// The header line that presents a live session.
    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// How many resolves Vestibule has answered with yes.
    pub(crate) fn valid_resolves(&self) -> anyhow::Result<f64> {
        self.place.counted("vestibule_resolves_total{outcome=\"valid\"}")?.context("no count of resolves")
    }

    /// Ends them.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        self.null.process.end()?;
        self.floor.process.end()?;
        self.vestibule.process.end()
    }
}

/// The header lines that all must have in common: all but those that a server adds to any answer. They are the ones
/// that proxies read.
fn headers_of(head: &str) -> Vec<&str> {
    let own = ["date", "server", "connection", "content-length", "content-type"];
    let is_own = |line: &str| own.contains(&line.split(':').next().unwrap_or_default().to_ascii_lowercase().as_str());
    head.split("\r\n").skip(1).filter(|line| !line.is_empty() && !is_own(line)).collect()
}

/// Starts the server that does nothing; the answer and its log are files of the folder.
pub(crate) fn start_null_server(
    folder: &Path,
    socket: &Path,
    address: SocketAddr,
    answer: &str,
) -> anyhow::Result<Process> {
    let (bytes, log) = (folder.join("null.answer"), folder.join("null.log"));
    fs::write(&bytes, answer)?;
    let mut command = Command::new(std::env::current_exe().context("where this program is")?);
    command.arg(null_server::NAME).arg(socket).arg(address.to_string()).arg(bytes);
    Process::start_until(&mut command, &log, || TcpStream::connect(address).is_ok())
}

#[cfg(test)]
mod tests {
    use super::headers_of;

    #[test]
    fn a_verdict_must_be_alike_and_a_date_need_not() {
        let answer = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\nx-valid: true\r\nx-id: 7\r\n\r\n";
        assert_eq!(headers_of(answer), ["x-valid: true", "x-id: 7"]);
        let other = "HTTP/1.1 200 OK\r\nServer: nginx\r\nConnection: keep-alive\r\nx-valid: true\r\nx-id: 8\r\n\r\n";
        assert_ne!(headers_of(other), headers_of(answer));
    }
}
