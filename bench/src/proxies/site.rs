//! A running proxy with a folder of its own.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::options::Options;
use crate::peers::browser::ask;
use crate::process::Process;
use crate::server::{Place, free_address};

use super::entry::Entry;

/// What a proxy is started from.
pub(super) struct Plan<'p> {
    pub(super) program: &'p Path,
    pub(super) folder: &'p Path,
    options: &'p Options,
    place: &'p Place,
    app: String,
    listen: String,
}

impl Plan<'_> {
    /// Writes what `proxy-config` prints for these words, the application and the address into a file.
    pub(super) fn print(&self, file: &str, words: &[&str]) -> anyhow::Result<PathBuf> {
        let words = [words, &["--app", &self.app, "--listen", &self.listen]].concat();
        Ok(self.print_alone(file, &words)?.into())
    }

    /// The same for the application, where the address is printed elsewhere.
    pub(super) fn print_for_app(&self, file: &str, words: &[&str]) -> anyhow::Result<String> {
        self.print_alone(file, &[words, &["--app", &self.app]].concat())
    }

    /// The same for the address alone.
    pub(super) fn print_for_door(&self, file: &str, words: &[&str]) -> anyhow::Result<String> {
        self.print_alone(file, &[words, &["--listen", &self.listen]].concat())
    }

    /// The same for these words only, and the file's name in text.
    pub(super) fn print_alone(&self, file: &str, words: &[&str]) -> anyhow::Result<String> {
        let mut command: Command = self.place.command(self.options);
        let output = command.arg("proxy-config").args(words).output().context("starting vestibule")?;
        ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let path = format!("{}/{file}", self.folder_name()?);
        fs::write(&path, output.stdout)?;
        Ok(path)
    }

    pub(super) fn folder_name(&self) -> anyhow::Result<&str> {
        self.folder.to_str().context("a folder whose name is text")
    }
}

/// A running proxy.
pub(super) struct Site {
    address: SocketAddr,
    _process: Process,
}

impl Site {
    /// Starts one that asks at this place, in a folder that it makes.
    pub(super) fn start(
        options: &Options,
        entry: &Entry,
        program: &Path,
        place: &Place,
        app: SocketAddr,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        make(folder)?;
        let address = free_address()?;
        let (app, listen) = (format!("http://{app}"), address.to_string());
        let plan = Plan { program, folder, options, place, app, listen };
        let mut command = (entry.command)(&plan)?;
        // Some listen before they have read what they are told.
        let url = url(address);
        let is_there = || ask(&url, "", None).is_ok_and(|answer| answer.status != "404");
        Ok(Self { address, _process: Process::start_until(&mut command, &folder.join("log"), is_there)? })
    }

    /// Its front page, on the host that the configuration knows.
    pub(super) fn url(&self) -> String {
        url(self.address)
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://localhost:{}/", address.port())
}

/// Makes a folder into which everybody may look: a proxy that root starts works as somebody else.
pub(super) fn make(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir(folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(fs::set_permissions(folder, Permissions::from_mode(0o755))?)
}

/// Lets everybody look into the chapter's folder, and into that of the bench around it.
pub(super) fn open_folders(folder: &Path) -> anyhow::Result<()> {
    for folder in [Some(folder), folder.parent()].into_iter().flatten() {
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    Ok(())
}
