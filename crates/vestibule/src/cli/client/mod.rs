//! `vestibule client ...`.

mod add;
mod list;
mod registering;
mod secret;
mod set;
mod show;

use vestibule_gate::grant::ClientId;

use super::wait::Wait;
use super::{House, Said};
use crate::control::Command;
use crate::control::clients::ClientCommand as Ask;
use crate::control::written::Written;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ClientCommand {
    Add(add::Add),
    List(list::List),
    Show(show::Show),
    Set(set::Set),
    /// Delete a client: its tokens end now, and what people have allowed it is forgotten.
    #[command(after_help = "Example:\n  vestibule client delete shop")]
    Delete(Delete),
    /// Replace the secret of a client.
    #[command(subcommand, after_help = "Example:\n  vestibule client secret rotate shop")]
    Secret(secret::SecretCommand),
}

/// Which client a command is about.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Which {
    /// The client's id.
    #[arg(value_name = "ID")]
    id: Written<ClientId>,
}

/// Deleting a client.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Delete {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    wait: Wait,
}

impl ClientCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let text = match self {
            Self::Add(command) => return command.run(house),
            Self::Secret(command) => return command.run(house),
            Self::List(command) => command.run(house),
            Self::Show(command) => command.run(house),
            Self::Set(command) => command.run(house),
            Self::Delete(Delete { which, wait }) => change(house, Ask::Delete { id: which.id }, wait),
        };
        text.map(Said::from)
    }
}

fn change(house: &House, ask: Ask, wait: Wait) -> anyhow::Result<String> {
    house.change(Command::Client(ask), wait)?;
    Ok(String::new())
}
