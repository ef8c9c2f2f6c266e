//! Files of rules, and whether one has changed since it was read.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What changes when a file is written or replaced; `None` when there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(Option<(u64, u64, i64, i64, i64, i64)>);

impl Stamp {
    /// The stamp of the file that has this name now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let found = std::fs::metadata(path).ok();
        Self(
            found.map(|file| {
                (file.ino(), file.size(), file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec())
            }),
        )
    }

    /// Whether there was no file.
    #[must_use]
    pub const fn is_of_nothing(self) -> bool {
        self.0.is_none()
    }
}

/// A file that was read, and its stamp from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The file.
    pub path: PathBuf,
    /// Taken before it was read, so that no change in between is missed.
    pub stamp: Stamp,
}
