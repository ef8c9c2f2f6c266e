//! A backup: one file that holds everything, made while the ledger serves. A restored one revives the sessions that
//! were alive then: `vestibule session revoke --all` belongs to every restore.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::ledger::Ledger;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is there already, or cannot be made.
    #[error("{path}: {source}; name a file that does not exist yet, in a folder that this user may write to")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Writes a backup to a new file with mode 0600; what it holds was true at one moment. Resolves and changes go on.
///
/// # Errors
/// [`BackupError`]. An unfinished file is removed.
pub async fn to(ledger: &Ledger, file: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { path: file.to_owned(), source };
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    match copy(ledger, file).await {
        Ok(()) => {
            std::fs::File::open(file).and_then(|file| file.sync_all()).map_err(failed)?;
            tracing::info!("a backup was written");
            Ok(())
        }
        Err(fault) => {
            let _ = std::fs::remove_file(file);
            Err(fault.into())
        }
    }
}

async fn copy(ledger: &Ledger, file: &Path) -> Result<(), Fault> {
    let mut sql = ledger.store().read().await?;
    let name = file.to_str().ok_or(Fault::Unreadable("the backup's name"))?;
    // SQLite takes an empty file as one to be made.
    sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(&mut *sql).await?;
    Ok(())
}
