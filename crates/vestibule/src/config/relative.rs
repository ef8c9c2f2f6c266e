//! Relative paths. One that is written in the file, or is a default beside it, means a place beside the file, so that a
//! command finds the same data folder wherever it is typed. One in the environment, or without a file, is relative to
//! the working folder, as everywhere.

use std::path::{Path, PathBuf};

use super::Config;
use super::raw::Origin;
use super::source::origin_of;

impl Config {
    /// The folder of the database and the control socket.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.place("data_dir", &self.top.data_dir)
    }

    /// The file that private keys are sealed with.
    pub(super) fn key_secret_file(&self) -> Option<PathBuf> {
        self.keys.secret_file.as_ref().map(|file| self.place("keys.secret_file", file))
    }

    /// Gives the logo its place. A folder whose name is not UTF-8 is not found, and the message names it.
    pub(super) fn place_logo(&mut self) {
        let placed = self.brand.logo.as_ref().map(|logo| self.place("brand.logo", logo));
        self.brand.logo = placed.map(|path| path.to_string_lossy().into_owned());
    }

    pub(super) fn place(&self, key: &str, written: &str) -> PathBuf {
        match origin_of(&self.shown, key) {
            Origin::Environment(_) => PathBuf::from(written),
            Origin::File { .. } | Origin::Default => self.folder().join(written),
        }
    }

    fn folder(&self) -> &Path {
        self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }
}
