//! What a proxy asks in Vestibule's place: a server that answers what Vestibule has answered once, whatever is asked.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::answering::{null_grpc, start_null_server};
use crate::process::Process;
use crate::server::{Place, say};

use super::entry::{Asks, Entry};

/// Starts the floor of a proxy at the sockets of `other`, where nobody else listens.
pub(super) fn start(entry: &Entry, place: &Place, other: &Place, cookie: &str) -> anyhow::Result<Process> {
    let question = match entry.asks {
        Asks::OverHttp(question) => question,
        // The headers are the same over HTTP.
        Asks::ByGrpc => "/_resolver/forward/envoy/ HTTP/1.1\r\nX-Forwarded-Proto: http",
    };
    let text = format!("GET {question}\r\nHost: localhost\r\n{cookie}\r\n");
    let answer = say(UnixStream::connect(place.resolver())?, &text)?;
    ensure!(answer.starts_with("HTTP/1.1 200 "), "a live session may not pass:\n{answer}");
    let (process, socket) = match entry.asks {
        Asks::OverHttp(_) => {
            let socket = other.resolver();
            (start_null_server(&other.file(""), &socket, other.address(), &answer)?, socket)
        }
        Asks::ByGrpc => {
            let socket = other.ext_authz();
            let message = other.file("null.message");
            fs::write(&message, null_grpc::message(&answer))?;
            let mut command = Command::new(std::env::current_exe().context("where this program is")?);
            command.arg(null_grpc::NAME).arg(&socket).arg(message);
            let is_there = || UnixStream::connect(&socket).is_ok();
            (Process::start_until(&mut command, &other.file("null.log"), is_there)?, socket)
        }
    };
    fs::set_permissions(socket, Permissions::from_mode(0o777))?;
    Ok(process)
}
