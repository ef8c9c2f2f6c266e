//! An nginx with one worker in front of every store, which asks that store's server for each request.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use vestibule_gate::verdict::HeaderPrefix;

use super::Store;
use crate::nginx::{self, MANY};
use crate::process::Process;

/// It, running.
pub(super) struct Front {
    pub(super) process: Process,
    folder: PathBuf,
}

impl Front {
    pub(super) fn start(folder: &Path, stores: &[Store<'_>]) -> anyhow::Result<Self> {
        let servers: String = stores.iter().enumerate().map(|(number, store)| server(folder, number, store)).collect();
        let last = socket(folder, stores.len() - 1);
        let process = nginx::start(folder, &servers, || UnixStream::connect(&last).is_ok())?;
        Ok(Self { process, folder: folder.to_owned() })
    }

    /// Where it listens for the requests of a store.
    pub(super) fn socket(&self, number: usize) -> PathBuf {
        socket(&self.folder, number)
    }
}

fn socket(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number}.sock"))
}

/// The path is the resolver's own, since the walker asks for nothing else. The verdict goes back, so that the walker can
/// see that each answer is a yes.
fn server(folder: &Path, number: usize, store: &Store<'_>) -> String {
    let mut set = String::new();
    for header in HeaderPrefix::default().names() {
        let variable = header.replace('-', "_");
        set += &format!("      auth_request_set ${variable} $upstream_http_{variable};\n");
    }
    let valid = HeaderPrefix::default().names().next().unwrap_or_default();
    format!(
        "  upstream store{number} {{\n    server unix:{};\n    keepalive 64;\n    keepalive_requests {MANY};\n  }}\n  \
         server {{\n    listen unix:{};\n    location = /_resolver/resolve {{\n      empty_gif;\n      auth_request \
         /_ask;\n{set}      add_header {valid} ${};\n    }}\n    location = /_ask {{\n      internal;\n      proxy_pass \
         http://store{number}/_resolver/resolve;\n      proxy_http_version 1.1;\n      proxy_set_header Connection \
         \"\";\n      proxy_pass_request_body off;\n      proxy_set_header Content-Length \"\";\n    }}\n  }}\n",
        store.place.resolver().display(),
        socket(folder, number).display(),
        valid.replace('-', "_"),
    )
}
