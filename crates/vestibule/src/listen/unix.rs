//! Socket files: made so that nobody can connect before owner and mode are right, and never taken from a server that
//! still answers.
//!
//! The socket is bound under another name in the same folder, given its group and mode while it does not listen yet
//! (until then the kernel refuses everybody), and renamed into place, over what a crashed server left behind.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

use super::address::UnixAddress;
use super::{BACKLOG, BindCause, group};

/// `sun_path` has 108 bytes, and the last one is a NUL.
pub const MAX_PATH: usize = 107;

/// The file of a listening socket. Removed when this goes, if it is still ours.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl SocketFile {
    fn is_still_ours(&self) -> bool {
        let same = |file: Metadata| (file.dev(), file.ino()) == (self.device, self.inode);
        fs::symlink_metadata(&self.path).is_ok_and(same)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.is_still_ours() {
            // It stays behind when the folder is no longer ours to write to; the next start takes its place.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Binds and listens.
pub(super) fn bind(address: &UnixAddress) -> Result<(Socket, SocketFile), BindCause> {
    make_way(address.path())?;
    let temporary = temporary_name(address.path())?;
    // What lies there is ours, from a start that failed half way: the name carries this process's number.
    let _ = fs::remove_file(&temporary);
    let made = make(address, &temporary);
    if made.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    made
}

fn make(address: &UnixAddress, temporary: &Path) -> Result<(Socket, SocketFile), BindCause> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&SockAddr::unix(temporary)?)?;
    if let Some(name) = address.group() {
        let gid = group::find(name).ok_or_else(|| BindCause::UnknownGroup(name.to_owned()))?;
        rustix::fs::chown(temporary, None, Some(gid)).map_err(|error| match error {
            rustix::io::Errno::PERM => BindCause::ForeignGroup(name.to_owned()),
            other => BindCause::Other(other.into()),
        })?;
    }
    fs::set_permissions(temporary, Permissions::from_mode(address.mode()))?;
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    let file = fs::symlink_metadata(temporary)?;
    fs::rename(temporary, address.path())?;
    let file = SocketFile { path: address.path().to_owned(), device: file.dev(), inode: file.ino() };
    Ok((socket, file))
}

/// Sees that nobody answers at the path, and that nothing but a socket lies there.
fn make_way(path: &Path) -> Result<(), BindCause> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
        Ok(file) if !file.file_type().is_socket() => return Err(BindCause::NotASocket),
        Ok(_) => {}
    }
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // A server that is too busy to take us answers too: without this the probe would wait for it.
    probe.set_nonblocking(true)?;
    match probe.connect(&SockAddr::unix(path).map_err(|_| BindCause::PathTooLong(MAX_PATH))?) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(BindCause::PermissionDenied),
        Ok(()) | Err(_) => Err(BindCause::PathInUse),
    }
}

/// A name in the same folder that no other process uses, as long as the kernel can take it.
fn temporary_name(path: &Path) -> Result<PathBuf, BindCause> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = folder.join(format!(".{name}.{}", std::process::id()));
    // Said of the path that was written, which must leave room for the other.
    let room = MAX_PATH.saturating_sub(temporary.as_os_str().len().saturating_sub(path.as_os_str().len()));
    if temporary.as_os_str().len() > MAX_PATH { Err(BindCause::PathTooLong(room)) } else { Ok(temporary) }
}
