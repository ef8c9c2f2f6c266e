//! `vestibule user password EMAIL`.

use super::{Whom, password_from_stdin};
use crate::cli::House;
use crate::cli::wait::Wait;
use crate::control::Command;

/// Set a user's password and end their sessions.
///
/// It must be as strong as one that people choose themselves: `[password] min_score`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  pwgen 20 1 | vestibule user password ada@example.com --password-stdin")]
pub(in crate::cli) struct SetPassword {
    #[command(flatten)]
    whom: Whom,
    /// Read the password from standard input; one newline at its end is not part of it.
    #[arg(long, required = true)]
    password_stdin: bool,
    #[command(flatten)]
    wait: Wait,
}

impl SetPassword {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        house.config()?;
        let password = password_from_stdin()?;
        house.change(Command::SetPassword { who: self.whom.who, password }, self.wait)?;
        Ok(String::new())
    }
}
