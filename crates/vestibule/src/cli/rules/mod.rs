//! `vestibule rules check|test`.

mod check;
mod table;
mod test;
mod who;

use std::path::Path;

use super::{House, Said};
use crate::config::rules::{Book, compile_text};

#[derive(Debug, clap::Subcommand)]
pub(super) enum RulesCommand {
    Check(check::Check),
    Test(test::Test),
}

impl RulesCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        match self {
            Self::Check(command) => command.run(house).map(Said::from),
            Self::Test(command) => command.run(house),
        }
    }
}

/// The rules of a file, or else those of the configuration.
fn book(file: Option<&Path>, house: &House) -> anyhow::Result<Book> {
    match file {
        None => Ok(house.config()?.rules),
        Some(path) => Ok(compile_text(path, &read(path)?)?),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        anyhow::anyhow!("{}: cannot be read: {error}; name a file that this user may read", path.display())
    })
}
