//! `vestibule token create`.

use anyhow::Context as _;
use serde::Serialize;
use vestibule_gate::account::DisplayName;
use vestibule_gate::grant::Scopes;

use super::Speaker;
use crate::cli::wait::Wait;
use crate::cli::{House, Said, reply};
use crate::config::duration::Duration;
use crate::control::Command;
use crate::control::tokens::{TokenCommand, TokenView};
use crate::control::written::{Sealed, Written};

/// Make an API token and print it, now and never again. It goes into `Authorization: Bearer ...`, and works until it ends
/// or is revoked, used or not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule token create --service backups --expires 90d")]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["user", "service"]))]
pub(in crate::cli) struct Create {
    #[command(flatten)]
    speaker: Speaker,
    /// What to call it, in lists.
    #[arg(long, value_name = "LABEL")]
    name: Option<Written<DisplayName>>,
    /// A scope that it is limited to; repeat it for more. Without any it can do what its user can; with some it counts
    /// only where one of them is asked for.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// How long it lives; as long as a session (`[session] lifetime`) when it is not given, and never longer.
    #[arg(long, value_name = "DURATION", value_parser = Duration::parse)]
    expires: Option<Duration>,
    /// As a JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    wait: Wait,
}

impl Create {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let whose = self.speaker.whose().context("write --user or --service")?;
        let name = self.name.unwrap_or_else(|| Written(DisplayName::default()));
        let scopes = (!self.scopes.is_empty()).then(|| Scopes::parse(&self.scopes.join(" ")).map(Written)).transpose();
        let scopes = scopes.context("--scope")?;
        let ask = TokenCommand::Create { whose, name, scopes, lifetime: self.expires.map(|expires| expires.0) };
        let (token, secret) = reply::new_token(house.change(Command::Token(ask), self.wait)?)?;
        if self.json {
            return Ok(Said::from(serde_json::to_string(&WithSecret { token: &secret, about: &token })? + "\n"));
        }
        let mut said = Said::from(secret.0 + "\n");
        said.hint = format!("The token is shown this once; `vestibule token revoke {}` ends it.", token.id);
        Ok(said)
    }
}

/// A token with its secret.
#[derive(Serialize)]
struct WithSecret<'t> {
    token: &'t Sealed,
    #[serde(flatten)]
    about: &'t TokenView,
}
