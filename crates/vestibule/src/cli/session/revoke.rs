//! `vestibule session revoke`.

use vestibule_gate::id::SessionId;
use vestibule_ledger::UserRef;

use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::command::Revoke;
use crate::control::written::Written;

/// End one session, a user's, or everybody's. In force when this returns.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule session revoke --user ada@example.com")]
#[command(group = clap::ArgGroup::new("which").required(true).args(["id", "user", "all"]))]
pub(in crate::cli) struct RevokeSessions {
    /// The session's id, as `session list` shows it.
    id: Option<Written<SessionId>>,
    /// A user's sessions.
    #[arg(long, value_name = "EMAIL")]
    user: Option<Written<UserRef>>,
    /// Every session of everybody.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    wait: Wait,
}

impl RevokeSessions {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let which = match (self.id, self.user) {
            (Some(id), _) => Revoke::Session(id),
            (None, Some(user)) => Revoke::User(user),
            // The group requires one of three.
            (None, None) => Revoke::All,
        };
        let ended = reply::ended(house.change(Command::RevokeSessions(which), self.wait)?)?;
        Ok(format!("Sessions ended: {ended}\n"))
    }
}
