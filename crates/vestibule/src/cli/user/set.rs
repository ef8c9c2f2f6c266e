//! `vestibule user set EMAIL`.

use vestibule_gate::account::{DisplayName, Role};

use super::{Whom, change};
use crate::cli::House;
use crate::cli::wait::Wait;
use crate::control::Command;
use crate::control::command::SetUser;
use crate::control::written::Written;

/// Change a user. What is not named stays; applications see it with the next request.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule user set ada@example.com --verified true \\\n    --role admin --role editor"
)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["name", "verified", "roles", "no_roles", "claims"]))]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    whom: Whom,
    /// The name.
    #[arg(long)]
    name: Option<Written<DisplayName>>,
    /// Whether to vouch for the address.
    #[arg(long, value_name = "true|false")]
    verified: Option<bool>,
    /// A role of the new whole list; repeat it for more.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Written<Role>>,
    /// No roles any more.
    #[arg(long, conflicts_with = "roles")]
    no_roles: bool,
    /// A further claim for OpenID clients, such as given_name=Ada; with nothing behind the `=` it is taken away. Repeat it
    /// for more.
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    claims: Vec<(String, String)>,
    #[command(flatten)]
    wait: Wait,
}

fn claim(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as given_name=Ada")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Set {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let roles = (self.no_roles || !self.roles.is_empty()).then_some(self.roles);
        let set = SetUser { who: self.whom.who, name: self.name, verified: self.verified, roles, claims: self.claims };
        change(house, Command::SetUser(set), self.wait)
    }
}
