//! `vestibule keys ...`.

mod list;
mod retire;
mod rotate;

use super::House;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum KeysCommand {
    List(list::List),
    Rotate(rotate::Rotate),
    Retire(retire::Retire),
}

impl KeysCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        match self {
            Self::List(command) => command.run(house),
            Self::Rotate(command) => command.run(house),
            Self::Retire(command) => command.run(house),
        }
    }
}
