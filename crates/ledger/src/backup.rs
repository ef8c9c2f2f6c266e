//! A backup: one file that holds everything, made while the ledger serves. A restored one revives the sessions that
//! were alive then: `vestibule session revoke --all` belongs to every restore.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::fault::Fault;
use crate::ledger::Ledger;

/// Steps of SQLite's machine between two pauses: some hundred rows.
const STEPS: i32 = 3_000;
/// How much longer it pauses than it works.
const PAUSES: u32 = 3;
/// The longest pause, whatever the disk took.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

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

/// Writes a backup to a new file with mode 0600; what it holds was true at one moment. Resolves and changes go on: it
/// works a quarter of the time, and brings to the disk what it has written before each pause, since a whole file at once
/// would keep every processor of a small machine in the kernel.
///
/// # Errors
/// [`BackupError`]. An unfinished file is removed.
pub async fn to(ledger: &Ledger, file: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { path: file.to_owned(), source };
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    let pacer = made.try_clone().map_err(failed)?;
    match copy(ledger, file, pacer).await {
        Ok(()) => {
            made.sync_all().map_err(failed)?;
            tracing::info!("a backup was written");
            Ok(())
        }
        Err(fault) => {
            let _ = std::fs::remove_file(file);
            Err(fault.into())
        }
    }
}

async fn copy(ledger: &Ledger, file: &Path, pacer: File) -> Result<(), Fault> {
    let mut sql = ledger.store().file_reader().await?.ok_or(Fault::NoFile)?;
    let name = file.to_str().ok_or(Fault::Unreadable("the backup's name"))?;
    let mut since = Instant::now();
    // On the thread of this connection, which does nothing else.
    sql.lock_handle().await?.set_progress_handler(STEPS, move || {
        let written = pacer.sync_data().is_ok();
        thread::sleep((PAUSES * since.elapsed()).min(LONGEST_PAUSE));
        since = Instant::now();
        written
    });
    // SQLite takes an empty file as one to be made.
    let copied = sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(&mut *sql).await;
    sql.lock_handle().await?.remove_progress_handler();
    copied?;
    Ok(())
}
