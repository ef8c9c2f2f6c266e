//! Why nothing was copied, or not all, in words for the operator.

use std::path::PathBuf;

use crate::fault::{Fault, OpenError};

/// Why there is no finished copy. A place is named without a password.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A side cannot be opened; a server that runs on a file is such a case.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no such file.
    #[error("{0}: there is no database; name data_dir, or the file vestibule.db in it")]
    Absent(PathBuf),
    /// A server would not find it there.
    #[error("{0}: name a data_dir, or the file vestibule.db in one: a server looks for it there")]
    Name(PathBuf),
    /// Nodes run on the source.
    #[error(
        "{place}: nodes run on it: {nodes}; stop them first, so that nothing changes while it is copied (one that was killed counts for 10 s)"
    )]
    Running {
        /// The source.
        place: PathBuf,
        /// Who they are.
        nodes: String,
    },
    /// The source has another schema than this program's.
    #[error(
        "{place} has schema {found}, and this vestibule copies schema {known}: bring it there with `vestibule store migrate`, or run the version that wrote it"
    )]
    Schema {
        /// The source.
        place: PathBuf,
        /// Its schema.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// Nothing was ever kept there.
    #[error("{0}: no server has ever started on it, so there is nothing to copy")]
    Nothing(PathBuf),
    /// The target holds something.
    #[error("{place} is not empty: there are rows in {table}; name an empty database")]
    NotEmpty {
        /// The target.
        place: PathBuf,
        /// A table with rows.
        table: &'static str,
    },
    /// The target holds an unfinished copy, and not of this.
    #[error(
        "{place} holds an unfinished copy of {other}, and not of this one; name another database, or --begin-again"
    )]
    Another {
        /// The target.
        place: PathBuf,
        /// What was being copied.
        other: String,
    },
    /// The target's unfinished copy was begun by another version.
    #[error("{0} holds an unfinished copy that another version of vestibule began; --begin-again empties it first")]
    AnotherVersion(PathBuf),
    /// Another process copies into the target.
    #[error("{0}: another process copies into it")]
    Busy(PathBuf),
    /// The rows are not the same.
    #[error(
        "{table}: {from_rows} rows in {from} and {to_rows} in {to}, or not the same ones: something was changed since the copy began; --begin-again empties the target first"
    )]
    Differs {
        /// The table.
        table: &'static str,
        /// The source.
        from: PathBuf,
        /// Its rows.
        from_rows: u64,
        /// The target.
        to: PathBuf,
        /// Its rows.
        to_rows: u64,
    },
    /// A side failed.
    #[error("{place}: {table}: {fault}; run it again, it goes on where it was")]
    Store {
        /// Which side.
        place: PathBuf,
        /// The table.
        table: &'static str,
        /// What went wrong.
        fault: Fault,
    },
}
