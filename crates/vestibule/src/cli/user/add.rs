//! `vestibule user add EMAIL`.

use vestibule_gate::account::{DisplayName, EmailAddress, Role};
use vestibule_gate::id::UserId;

use super::password_from_stdin;
use crate::cli::wait::Wait;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::command::AddUser;
use crate::control::written::Written;

/// Add a user and print their id.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  pwgen 20 1 | vestibule user add ada@example.com \\\n    --name 'Ada L.' --role admin --verified --password-stdin"
)]
pub(in crate::cli) struct Add {
    /// The e-mail address to sign in with.
    email: Written<EmailAddress>,
    /// What pages call them.
    #[arg(long)]
    name: Option<Written<DisplayName>>,
    /// A role; repeat it for more.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Written<Role>>,
    /// Vouch for the address.
    #[arg(long)]
    verified: bool,
    /// The id that applications know them by already, a UUID; made when it is not given.
    #[arg(long, value_name = "UUID")]
    id: Option<Written<UserId>>,
    /// Read the password from standard input; one newline at its end is not part of it. It must be as strong as one
    /// that people choose themselves: `[password] min_score`.
    #[arg(long, required = true)]
    password_stdin: bool,
    #[command(flatten)]
    wait: Wait,
}

impl Add {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let Self { email, name, roles, verified, id, password_stdin: _, wait } = self;
        let name = name.unwrap_or_else(|| Written(DisplayName::default()));
        // A configuration that cannot be read is said before anybody types a password.
        house.config()?;
        let password = Some(password_from_stdin()?);
        let command = Command::AddUser(AddUser { id, email, name, roles, verified, password });
        let id = reply::added(house.change(command, wait)?)?;
        Ok(id + "\n")
    }
}
