//! Time that a test moves, with libfaketime around the binary: the server has no switch for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::server::{Setup, Vestibule};

const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// Whether there is libfaketime.
#[must_use]
pub fn can_be_off() -> bool {
    Path::new(FAKETIME).exists()
}

/// A setup whose clock is off by so much, such as `+300s`.
#[must_use]
pub fn off_by(setup: Setup, offset: &str) -> Setup {
    let setup = setup.environment("LD_PRELOAD", FAKETIME).environment("FAKETIME", offset);
    setup.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
}

/// A server whose clock is moved by writing a file.
#[derive(Debug)]
pub struct Clock {
    /// The server.
    pub vestibule: Vestibule,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Clock {
    /// Starts a server; `None` where libfaketime is not installed.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn start(config: &str) -> Option<Self> {
        if !can_be_off() {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("now");
        fs::write(&file, "+0").expect("our own folder");
        let setup = Setup::default()
            .config(config)
            .environment("LD_PRELOAD", FAKETIME)
            .environment("FAKETIME_TIMESTAMP_FILE", file.to_str().expect("a plain path"))
            .environment("FAKETIME_NO_CACHE", "1")
            .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Some(Self { vestibule: setup.start(), file, _folder: folder })
    }

    /// Moves it: `+2` is two seconds from the real time, `+29d` are days.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn at(&self, offset: &str) {
        fs::write(&self.file, offset).expect("our own folder");
    }
}
