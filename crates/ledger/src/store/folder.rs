//! The data folder: made with mode 0700, owned by whoever runs this, and locked against a second process.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::fault::OpenError;

/// The database's name in the folder.
pub(crate) const DATABASE: &str = "vestibule.db";
const LOCK: &str = "lock";

/// A data folder that this process alone may use, for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder when it is missing, checks whose it is, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let owner = path.metadata().map_err(failed)?.uid();
        let this = rustix::process::geteuid().as_raw();
        if owner != this {
            return Err(OpenError::Owner { path, owner, this });
        }
        std::fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(failed)?;
        let lock = private_file(&path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // SQLite gives its -wal and -shm files the mode of the database file.
        private_file(&path.join(DATABASE)).map_err(failed)?;
        Ok(Self { path, _lock: lock })
    }

    /// Locks the folder of a database file, where there is a lock beside it, and changes nothing.
    pub(crate) fn lock_beside(file: &Path) -> Result<Option<File>, OpenError> {
        let path = file.with_file_name(LOCK);
        let failed = |source| OpenError::Folder { path: path.clone(), source };
        let lock = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let owner = lock.metadata().map_err(failed)?.uid();
        let this = rustix::process::geteuid().as_raw();
        if owner != this {
            // The files that SQLite makes beside the database would be somebody else's.
            return Err(OpenError::Owner { path, owner, this });
        }
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(file.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

/// Opens a file for reading and writing, made with mode 0600 when it is missing, and mended when it is not.
fn private_file(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}
