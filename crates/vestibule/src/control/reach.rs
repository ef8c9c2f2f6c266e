//! Finds who can perform a command: this process, when the data folder is free, or the server that has it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use vestibule_ledger::settings::Settings;
use vestibule_ledger::{Ledger, OpenError};

use super::client::{SendError, send};
use super::command::Command;
use super::perform::perform;
use super::reply::{Refusal, Reply};

/// How long a folder may be held by somebody who does not listen: another command, or a server that starts or ends.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Why a command was not performed.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// The folder is somebody else's. Root is refused too: it would leave files behind that the owner cannot open.
    #[error("data_dir {path} belongs to {owner}; write `sudo -u {owner} vestibule ...`")]
    NotTheOwner {
        /// The folder.
        path: PathBuf,
        /// The owner's name, or `#` and a number.
        owner: String,
    },
    /// The folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The server that has the folder did not answer.
    #[error(transparent)]
    Send(SendError),
    /// It was not done, and this is why.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Performs a command on the data folder of these settings, whoever holds it. It is in force when this returns.
///
/// # Errors
/// [`ReachError`], in words for the operator.
pub async fn reach(settings: &Settings, command: Command) -> Result<Reply, ReachError> {
    check_owner(&settings.data_dir)?;
    let mut tries = 0;
    loop {
        match Ledger::open(settings.clone()).await {
            Ok(ledger) => {
                let performed = perform(&ledger, command).await;
                ledger.close().await;
                return Ok(performed?);
            }
            Err(OpenError::InUse(path)) => match send(&settings.data_dir, &command).await {
                Ok(answer) => return Ok(answer?),
                Err(SendError::NobodyListens) if tries < TRIES => tries += 1,
                Err(SendError::NobodyListens) => return Err(OpenError::InUse(path).into()),
                Err(error) => return Err(ReachError::Send(error)),
            },
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Opens the ledger for a server: waits a moment for a command that has the folder, and refuses early, in words, who
/// is not its owner.
///
/// # Errors
/// [`ReachError::NotTheOwner`] and [`ReachError::Open`].
pub async fn open(settings: &Settings) -> Result<Ledger, ReachError> {
    check_owner(&settings.data_dir)?;
    let mut tries = 0;
    loop {
        match Ledger::open(settings.clone()).await {
            // A server listens on its control socket: waiting for one would be in vain.
            Err(OpenError::InUse(path)) if tries == TRIES || is_served(&settings.data_dir).await => {
                return Err(OpenError::InUse(path).into());
            }
            Err(OpenError::InUse(_)) => tries += 1,
            Ok(ledger) => return Ok(ledger),
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn is_served(data_dir: &Path) -> bool {
    let asked = tokio::time::timeout(Duration::from_secs(2), send(data_dir, &Command::Status)).await;
    !matches!(asked, Ok(Err(SendError::NobodyListens)))
}

fn check_owner(data_dir: &Path) -> Result<(), ReachError> {
    // What is not there yet will be ours.
    let Ok(folder) = fs::metadata(data_dir) else { return Ok(()) };
    if folder.uid() == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(ReachError::NotTheOwner { path: data_dir.to_owned(), owner: user_name(folder.uid()) })
}

/// A user's name, or what `sudo -u` takes for a user without one.
#[must_use]
pub fn user_name(id: u32) -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("#{id}"))
}
