//! `vestibule token ...`.

mod create;
mod list;
mod revoke;

use vestibule_gate::account::DisplayName;
use vestibule_ledger::UserRef;

use super::{House, Said};
use crate::control::tokens::Whose;
use crate::control::written::Written;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum TokenCommand {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::RevokeToken),
}

impl TokenCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        match self {
            Self::Create(command) => command.run(house),
            Self::List(command) => command.run(house).map(Said::from),
            Self::Revoke(command) => command.run(house).map(Said::from),
        }
    }
}

/// Whom a token speaks for.
#[derive(Debug, clap::Args)]
struct Speaker {
    /// A user, by e-mail address or id.
    #[arg(long, value_name = "EMAIL", conflicts_with = "service")]
    user: Option<Written<UserRef>>,
    /// A service, by its name: no person, and known to applications by an id of its own.
    #[arg(long, value_name = "NAME")]
    service: Option<Written<DisplayName>>,
}

impl Speaker {
    fn whose(self) -> Option<Whose> {
        self.user.map(Whose::User).or(self.service.map(Whose::Service))
    }
}
