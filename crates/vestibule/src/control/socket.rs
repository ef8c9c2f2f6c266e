//! Where the two ends of the control socket meet: `control.sock` in the data folder, whatever the folder's path is.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};

/// The socket's name in the data folder.
pub(super) const NAME: &str = "control.sock";

/// The longest line that either end takes: room for an import of some hundred thousand users.
pub(super) const MAX_LINE: usize = 256 << 20;

/// A way to the socket that is short enough for the kernel's 108 bytes, however long the folder's path is. It holds
/// for as long as this value lives.
pub(super) struct Way {
    folder: File,
}

impl Way {
    /// Opens the folder.
    pub(super) fn into(data_dir: &Path) -> io::Result<Self> {
        File::open(data_dir).map(|folder| Self { folder })
    }

    /// The socket's path.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{NAME}", self.folder.as_raw_fd()))
    }
}

/// Whether the process at the other end belongs to our user. The folder's mode says so already; but a folder can be
/// handed over, or opened by mistake, while somebody listens in it.
pub(super) fn is_our_user(stream: &tokio::net::UnixStream) -> io::Result<bool> {
    Ok(stream.peer_cred()?.uid() == rustix::process::geteuid().as_raw())
}
