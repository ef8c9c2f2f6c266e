//! `vestibule cluster ...`.

mod status;

use super::{House, Said};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ClusterCommand {
    Status(status::Status),
}

impl ClusterCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        match self {
            Self::Status(command) => command.run(house),
        }
    }
}
