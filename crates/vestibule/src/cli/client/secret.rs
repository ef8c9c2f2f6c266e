//! `vestibule client secret rotate ID`.

use vestibule_gate::time::Span;

use super::Which;
use super::add::said;
use crate::cli::wait::Wait;
use crate::cli::{House, Said, reply};
use crate::config::duration::Duration;
use crate::control::Command;
use crate::control::clients::ClientCommand;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum SecretCommand {
    Rotate(Rotate),
}

/// Give a client another secret, which is printed now and never again. The last one goes on for a while, so that there
/// is no moment in which none works; those before it end now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule client secret rotate shop --overlap 1h")]
pub(in crate::cli) struct Rotate {
    #[command(flatten)]
    which: Which,
    /// How long the last secret goes on; `0` when somebody else may have it.
    #[arg(long, value_name = "DURATION", default_value = "1d", value_parser = overlap)]
    overlap: Span,
    /// As a JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    wait: Wait,
}

impl SecretCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let Self::Rotate(rotate) = self;
        let ask = ClientCommand::RotateSecret { id: rotate.which.id, overlap: rotate.overlap };
        let (client, secret) = reply::new_client(house.change(Command::Client(ask), rotate.wait)?)?;
        said(&client, secret.as_ref(), rotate.json)
    }
}

fn overlap(text: &str) -> Result<Span, String> {
    if text == "0" { Ok(Span::from_millis(0)) } else { Duration::parse(text).map(|overlap| overlap.0) }
}
