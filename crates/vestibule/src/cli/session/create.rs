//! `vestibule session create EMAIL`.

use crate::cli::user::Whom;
use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;

/// Make a session for a user and print its secret, and nothing else. It is impersonation, and marked so.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  curl -b \"session=$(vestibule session create ada@example.com)\" \\\n    https://app.example.com/"
)]
pub(in crate::cli) struct Create {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    wait: Wait,
}

impl Create {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let secret = reply::secret(house.change(Command::CreateSession { who: self.whom.who }, self.wait)?)?;
        Ok(secret.0 + "\n")
    }
}
