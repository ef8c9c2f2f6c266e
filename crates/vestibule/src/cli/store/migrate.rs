//! `vestibule store migrate`.

use vestibule_ledger::copy;

use super::side::Side;
use crate::cli::{House, Said};
use crate::config::appearance::{LogFormat, LogLevel};

/// Bring the tables of the configured store up to date, and do nothing else.
///
/// Every start does the same, so this is for when it has to happen at another time, or as a database user with more rights
/// than the server has. Nodes of the version before go on meanwhile. On SQLite, stop the server first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule store migrate")]
pub(in crate::cli) struct Migrate {}

impl Migrate {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let side = Side::of_configuration(&house.config()?);
        let _ = crate::log::start(LogLevel::Warn, LogFormat::Human);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (found, is) = runtime.block_on(copy::migrate(&side))?;
        Ok(if found == is {
            format!("The store has schema {is} already.\n")
        } else {
            format!("The store was brought from schema {found} to {is}.\n")
        }
        .into())
    }
}
