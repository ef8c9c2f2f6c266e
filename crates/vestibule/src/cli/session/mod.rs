//! `vestibule session ...`.

mod create;
mod list;
mod revoke;

use super::House;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum SessionCommand {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::RevokeSessions),
}

impl SessionCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        match self {
            Self::Create(command) => command.run(house),
            Self::List(command) => command.run(house),
            Self::Revoke(command) => command.run(house),
        }
    }
}
