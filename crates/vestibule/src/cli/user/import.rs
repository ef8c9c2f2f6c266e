//! `vestibule user import FILE`.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::written::Sealed;

/// Add users from elsewhere, all or none.
///
/// The file has a JSON object a line: `email`, and if there are `id` (a UUID), `name`, `verified`, `roles` and
/// `password_hash` (bcrypt, Authgear's `$bcrypt-sha512$`, or argon2id; hashed anew when its owner signs in).
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule user import users.jsonl\n\nA line of the file:\n  \
    {\"id\":\"018f6b8e-2f6a-7b1c-9c3d-0123456789ab\",\"email\":\"ada@example.com\"}")]
pub(in crate::cli) struct Import {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    wait: Wait,
}

impl Import {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let name = self.file.display().to_string();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("{name} cannot be read"))?;
        let command = Command::ImportUsers { text: Sealed(text) };
        let imported = reply::imported(house.change(command, self.wait).context(name)?)?;
        Ok(format!("{imported} users were added.\n"))
    }
}
