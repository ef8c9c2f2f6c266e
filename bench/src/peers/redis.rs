//! A Redis of the bench's own, which keeps nothing on disk.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::front::{free_port, start_on};
use crate::process::Process;

/// A running Redis.
pub(super) struct Redis {
    process: Process,
    port: u16,
}

impl Redis {
    /// Starts it in a folder that it makes. Without a configuration file, so Debian's own one plays no part.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
        let port = free_port()?;
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()]);
        command.arg("--dir").arg(folder);
        let process = start_on(port, &mut command, &folder.join("log")).context("Redis (Debian's redis-server)")?;
        Ok(Self { process, port })
    }

    /// Its address, as oauth2-proxy's documents write it.
    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// It.
    pub(super) fn process(&self) -> &Process {
        &self.process
    }
}
