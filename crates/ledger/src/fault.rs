//! When the ledger cannot tell: its own case, never yes and never anonymous.

use std::path::PathBuf;

use crate::signing::KeyringError;

/// The answer cannot be known, or the change cannot be made, through nobody's fault who asked. A 503 on the wire.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The store refused or did not answer: the disk is full, the file is gone, the lock was not free in time.
    #[error("the store failed: {0}")]
    Store(String),
    /// What is in the store cannot be read as what it should be.
    #[error("the store holds something unreadable: {0}")]
    Unreadable(&'static str),
    /// What was read kept changing; the request may be tried again.
    #[error("what was read kept changing under way")]
    Unsettled,
    /// The system has no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// There is no key to sign with, or it does not sign.
    #[error("no token could be signed")]
    NoSigning,
    /// What was asked for wants a file, and the store is a PostgreSQL.
    #[error("the store is a PostgreSQL: make its backup with pg_dump, see docs/operations/cluster.md")]
    NoFile,
    /// The store did not answer in time.
    #[error("the store did not answer in time")]
    Slow,
    /// Notifications do not come through.
    #[error(
        "what one node says is not heard by another (LISTEN): there is a pooler before this PostgreSQL that gives connections away after each transaction; name PostgreSQL itself in [store] url, or a pooler in session mode"
    )]
    Deaf,
    /// The process is ending.
    #[error("the ledger is closed")]
    Closed,
}

/// What is not there cannot be seen to rise.
pub(crate) fn count_from_zero() {
    for kind in ["no_connection", "slow", "failed"] {
        metrics::counter!("vestibule_store_errors_total", "kind" => kind).increment(0);
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the store failed");
        let (kind, fault) = match &error {
            sqlx::Error::Io(why) if why.kind() == std::io::ErrorKind::TimedOut => ("slow", Self::Slow),
            sqlx::Error::PoolTimedOut => ("no_connection", Self::Store(error.to_string())),
            _ => ("failed", Self::Store(error.to_string())),
        };
        metrics::counter!("vestibule_store_errors_total", "kind" => kind).increment(1);
        fault
    }
}

/// Why a data folder cannot be opened, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it. `changes` then go to that process.
    #[error("{0} is in use by another vestibule process; stop that one first, or give this one a data_dir of its own")]
    InUse(PathBuf),
    /// The folder cannot be made or used.
    #[error("data_dir {path}: {source}; make it a folder that this user owns and may write to")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder belongs to somebody else.
    #[error(
        "data_dir {path} belongs to user {owner}, and this is user {this}; run it as that user, or hand the folder over with chown"
    )]
    Owner {
        /// Which.
        path: PathBuf,
        /// The owner's user id.
        owner: u32,
        /// This process's user id.
        this: u32,
    },
    /// The database was made by a newer version.
    #[error(
        "{path} was written by a newer vestibule (schema {found}, for programs that know schema {serves}; this one knows {known}); run that version, or restore a backup from before the upgrade"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema's number.
        found: i64,
        /// The oldest schema whose programs can use it.
        serves: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Nodes run that could not use the schema of this program.
    #[error(
        "{path} has schema {found}, and this vestibule needs {known}, which nodes that run now cannot use: {nodes}; replace them by a version that knows schema {serves} first, or stop them (one that was killed counts for 10 s)"
    )]
    OlderNodes {
        /// The database.
        path: PathBuf,
        /// Its schema's number.
        found: i64,
        /// The one that this program needs.
        known: i64,
        /// The oldest schema whose programs could use that one.
        serves: i64,
        /// Who they are.
        nodes: String,
    },
    /// The schema could not be brought up to date.
    #[error(
        "{path} has schema {found} and could not be brought to {known}: {fault}; `vestibule store migrate` does it alone, with a [store] url whose user owns the tables"
    )]
    Migration {
        /// The database.
        path: PathBuf,
        /// Its schema's number.
        found: i64,
        /// The one that this program needs.
        known: i64,
        /// What went wrong.
        fault: Fault,
    },
    /// A copy into it was begun and not finished.
    #[error(
        "{path} holds an unfinished copy of {source_name}; run the same `vestibule store copy` again, it goes on where it was"
    )]
    Unfinished {
        /// The database.
        path: PathBuf,
        /// What was being copied.
        source_name: String,
    },
    /// The store failed.
    #[error("{path}: {fault}")]
    Store {
        /// The database file.
        path: PathBuf,
        /// What went wrong.
        fault: Fault,
    },
    /// The signing keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// A password setting that Argon2 does not take.
    #[error("[password]: {0}")]
    Password(String),
}
