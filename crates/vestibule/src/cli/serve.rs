//! `vestibule serve`.

use super::House;

/// Serve the pages, the resolver and the metrics until SIGTERM.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule serve --config /etc/vestibule/vestibule.toml")]
pub(super) struct Serve {}

impl Serve {
    #[expect(clippy::unused_self, reason = "each command is a type")]
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        crate::serve::run(house.file.clone())?;
        Ok(String::new())
    }
}
