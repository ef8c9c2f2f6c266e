//! `vestibule store ...`: the database itself, without a server.

mod copy;
mod migrate;
mod side;

use super::{House, Said};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum StoreCommand {
    Migrate(migrate::Migrate),
    Copy(copy::Copy),
}

impl StoreCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        match self {
            Self::Migrate(command) => command.run(house),
            Self::Copy(command) => command.run(house),
        }
    }
}
