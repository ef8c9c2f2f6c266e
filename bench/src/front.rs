//! An nginx with one worker in front of some places, which asks that place's resolver for each request.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use vestibule_gate::verdict::HeaderPrefix;

use crate::nginx::{self, MANY};
use crate::process::Process;
use crate::server::Place;

/// It, running.
pub(crate) struct Front {
    /// The program, to be charged for its processor time.
    pub(crate) process: Process,
    folder: PathBuf,
}

impl Front {
    /// Starts it, with a folder of its own to be made.
    pub(crate) fn start(folder: &Path, places: &[&Place]) -> anyhow::Result<Self> {
        let servers: String = places.iter().enumerate().map(|(number, place)| server(folder, number, place)).collect();
        let last = socket(folder, places.len() - 1);
        let process = nginx::start(folder, &servers, || UnixStream::connect(&last).is_ok())?;
        Ok(Self { process, folder: folder.to_owned() })
    }

    /// Where it listens for the requests of the place with this number.
    pub(crate) fn socket(&self, number: usize) -> PathBuf {
        socket(&self.folder, number)
    }
}

fn socket(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number}.sock"))
}

/// The path is the resolver's own, since our clients ask for nothing else. The verdict goes back, so that they can see
/// that each answer is a yes.
fn server(folder: &Path, number: usize, place: &Place) -> String {
    let mut set = String::new();
    for header in HeaderPrefix::default().names() {
        let variable = header.replace('-', "_");
        set += &format!("      auth_request_set ${variable} $upstream_http_{variable};\n");
    }
    let valid = HeaderPrefix::default().names().next().unwrap_or_default();
    format!(
        "  upstream place{number} {{\n    server unix:{};\n    keepalive 64;\n    keepalive_requests {MANY};\n  }}\n  \
         server {{\n    listen unix:{};\n    location = /_resolver/resolve {{\n      empty_gif;\n      auth_request \
         /_ask;\n{set}      add_header {valid} ${};\n    }}\n    location = /_ask {{\n      internal;\n      proxy_pass \
         http://place{number}/_resolver/resolve;\n      proxy_http_version 1.1;\n      proxy_set_header Connection \
         \"\";\n      proxy_pass_request_body off;\n      proxy_set_header Content-Length \"\";\n    }}\n  }}\n",
        place.resolver().display(),
        socket(folder, number).display(),
        valid.replace('-', "_"),
    )
}
