//! `vestibule token revoke ID`.

use vestibule_gate::id::SessionId;

use crate::cli::House;
use crate::cli::wait::Wait;
use crate::control::Command;
use crate::control::tokens::TokenCommand;
use crate::control::written::Written;

/// Revoke an API token: it is refused on the very next request.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule token revoke 018f6b8e-2f6a-7b1c-9c3d-0123456789ab")]
pub(in crate::cli) struct RevokeToken {
    /// The token's id, as `token list` shows it. Not the token itself, which has no business on a command line.
    id: Written<SessionId>,
    #[command(flatten)]
    wait: Wait,
}

impl RevokeToken {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        house.change(Command::Token(TokenCommand::Revoke { id: self.id }), self.wait)?;
        Ok(String::new())
    }
}
