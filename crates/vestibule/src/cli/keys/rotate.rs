//! `vestibule keys rotate`.

use vestibule_gate::token::jwt::SigningAlgorithm;

use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::written::Written;

/// Make a new signing key. It is published at once, and signs when `[keys] publish_before` is over; the old one stays
/// published for the tokens that it signed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule keys rotate")]
pub(in crate::cli) struct Rotate {
    /// `RS256`, `ES256` or `EdDSA`; the configured one when it is not named.
    #[arg(long)]
    algorithm: Option<Written<SigningAlgorithm>>,
    #[command(flatten)]
    wait: Wait,
}

impl Rotate {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let key = reply::key(house.change(Command::RotateKeys { algorithm: self.algorithm }, self.wait)?)?;
        Ok(format!("{} ({}) signs from {}\n", key.id, key.algorithm, key.signs_from))
    }
}
