//! `vestibule backup FILE`.

use std::path::PathBuf;

use super::House;
use crate::control::Command;

/// Write everything to one new file, also while the server runs.
///
/// To restore: stop the server, put the file in the place of data_dir/vestibule.db (and remove vestibule.db-wal and
/// vestibule.db-shm), run `vestibule session revoke --all`, and start it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule backup /var/backups/vestibule.db")]
pub(super) struct Backup {
    /// The file; it must not exist yet.
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        // The server has another working folder.
        let file = std::path::absolute(self.file)?;
        house.ask(Command::Backup { file: file.clone() })?;
        Ok(format!(
            "Written to {}. Keep it as secret as data_dir. A restore revives the sessions of today: after one, run \
             `vestibule session revoke --all` before the server starts.\n",
            file.display()
        ))
    }
}
