//! `vestibule keys retire KID`.

use vestibule_gate::token::jwt::KeyId;

use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::written::Written;

/// Retire a signing key, because somebody else may have it: every token that it signed is refused when this returns.
/// If it was the one that signs, another takes its place at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule keys retire 5f0c1d2e3a4b5c6d")]
pub(in crate::cli) struct Retire {
    /// The key's id, as `keys list` shows it.
    #[arg(value_name = "KID")]
    id: Written<KeyId>,
    #[command(flatten)]
    wait: Wait,
}

impl Retire {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let heir = reply::retired(house.change(Command::RetireKey { id: self.id }, self.wait)?)?;
        Ok(heir.map(|heir| format!("{heir} signs now\n")).unwrap_or_default())
    }
}
