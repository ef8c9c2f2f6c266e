//! The nginx that wrk talks to: for each door a protected picture, and the subrequest that decides about it.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use vestibule_gate::verdict::HeaderPrefix;

use super::door::{Asks, DOORS, Door, Way};
use crate::answering::{Answering, Server, Who};
use crate::nginx::{self, MANY};
use crate::process::Process;
use crate::server::free_address;

/// It, running.
pub(super) struct Front {
    process: Process,
    address: SocketAddr,
}

impl Front {
    /// Starts it before those that answer.
    pub(super) fn start(folder: &Path, answering: &Answering) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut upstreams = format!("  proxy_cache_path {}/cache keys_zone=answers:1m;\n", folder.display());
        let mut locations = String::new();
        for door in &DOORS {
            match door.asks {
                Asks::Nobody => locations += &format!("    location = /{} {{ empty_gif; }}\n", door.letter),
                Asks::Cache => {
                    upstreams += &kept(door, &format!("unix:{}", answering.server(Who::Floor).socket.display()));
                    locations += &protected(door, &door.letter.to_string(), &format!("{KEEP}{CACHE}"));
                }
                Asks::Server(who, way) => {
                    let (upstream, location) = asking(door, way, answering.server(who));
                    upstreams += &upstream;
                    locations += &location;
                }
            }
        }
        let servers = format!("{upstreams}  server {{\n    listen {address};\n{locations}  }}\n");
        let process = nginx::start(folder, &servers, || TcpStream::connect(address).is_ok())?;
        Ok(Self { process, address })
    }

    /// The URL of a door.
    pub(super) fn url(&self, door: &Door) -> String {
        format!("http://{}/{}", self.address, door.letter)
    }

    /// The program.
    pub(super) const fn process(&self) -> &Process {
        &self.process
    }
}

/// The upstream block, if there is one, and the locations of a door that asks a server.
fn asking(door: &Door, way: Way, server: &Server) -> (String, String) {
    let name = door.letter.to_string();
    match way {
        Way::Unix => (kept(door, &format!("unix:{}", server.socket.display())), protected(door, &name, KEEP)),
        Way::Tcp => (kept(door, &server.address.to_string()), protected(door, &name, KEEP)),
        // What nginx does when it is told nothing.
        Way::TcpClosing => (String::new(), protected(door, &server.address.to_string(), "")),
    }
}

/// Connections that are kept, under the door's letter.
fn kept(door: &Door, server: &str) -> String {
    format!(
        "  upstream {} {{\n    server {server};\n    keepalive 64;\n    keepalive_requests {MANY};\n  }}\n",
        door.letter
    )
}

/// What nginx has to be told to keep a connection.
const KEEP: &str = "      proxy_http_version 1.1;\n      proxy_set_header Connection \"\";\n";

/// What keeps answers, though they say `no-store`: the comparison is with what nginx alone could do.
const CACHE: &str = "      proxy_cache answers;\n      proxy_cache_key \"$cookie_session|$http_authorization\";\n      \
                     proxy_cache_valid 200 10m;\n      proxy_ignore_headers Cache-Control;\n";

/// A protected picture and its subrequest, whose answer is read into variables as every real configuration does.
fn protected(door: &Door, upstream: &str, more: &str) -> String {
    let name = door.letter;
    let mut text = format!("    location = /{name} {{\n      empty_gif;\n      auth_request /_{name};\n");
    for header in HeaderPrefix::default().names() {
        let variable = header.replace('-', "_");
        text += &format!("      auth_request_set ${variable} $upstream_http_{variable};\n");
    }
    text += &format!("    }}\n    location = /_{name} {{\n      internal;\n");
    text += &format!("      proxy_pass http://{upstream}/_resolver/resolve;\n      proxy_pass_request_body off;\n");
    text += &format!("      proxy_set_header Content-Length \"\";\n{more}    }}\n");
    text
}
