//! `vestibule user ...`.

mod add;
mod import;
mod list;
mod password;
mod set;

use std::io::Read as _;

use anyhow::{Context as _, anyhow};
use vestibule_gate::account::Password;
use vestibule_ledger::UserRef;

use super::House;
use super::wait::Wait;
use crate::control::Command;
use crate::control::written::Written;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum UserCommand {
    Add(add::Add),
    List(list::List),
    Show(list::Show),
    Set(set::Set),
    /// Disable a user and end their sessions.
    #[command(after_help = "Example:\n  vestibule user disable ada@example.com")]
    Disable(Change),
    /// Let a user sign in again. Brings no session back.
    #[command(after_help = "Example:\n  vestibule user enable ada@example.com")]
    Enable(Change),
    /// Delete a user and everything that is known of them.
    #[command(after_help = "Example:\n  vestibule user delete ada@example.com")]
    Delete(Change),
    Password(password::SetPassword),
    Import(import::Import),
}

/// Whom a command is about.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Whom {
    /// The user's e-mail address or id.
    #[arg(value_name = "EMAIL")]
    pub(super) who: Written<UserRef>,
}

/// A change that needs nothing but a user.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    wait: Wait,
}

impl UserCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        match self {
            Self::Add(command) => command.run(house),
            Self::List(command) => command.run(house),
            Self::Show(command) => command.run(house),
            Self::Set(command) => command.run(house),
            Self::Disable(Change { whom, wait }) => change(house, Command::DisableUser { who: whom.who }, wait),
            Self::Enable(Change { whom, wait }) => change(house, Command::EnableUser { who: whom.who }, wait),
            Self::Delete(Change { whom, wait }) => change(house, Command::DeleteUser { who: whom.who }, wait),
            Self::Password(command) => command.run(house),
            Self::Import(command) => command.run(house),
        }
    }
}

/// A change that has nothing to tell but that it was made, which the exit code says.
fn change(house: &House, command: Command, wait: Wait) -> anyhow::Result<String> {
    house.change(command, wait)?;
    Ok(String::new())
}

/// The longest password takes 1,024 bytes after normalisation; before it, a few times that.
const MAX_INPUT: u64 = 16 << 10;

/// Reads a password from standard input, without one newline at its end.
fn password_from_stdin() -> anyhow::Result<Written<Password>> {
    let mut text = String::new();
    std::io::stdin().take(MAX_INPUT).read_to_string(&mut text).context("standard input is not UTF-8 text")?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    text.parse().map_err(|error| anyhow!("the password on standard input: {error}"))
}
