//! `vestibule client add ID`.

use serde::Serialize;
use vestibule_gate::grant::{ClientId, ClientKind};

use super::registering::Registering;
use super::show::card;
use crate::cli::wait::Wait;
use crate::cli::{House, Said, reply};
use crate::control::Command;
use crate::control::clients::{ClientCommand, ClientView};
use crate::control::written::{Sealed, Written};

/// Register a client. One that can keep a secret gets one, which is printed now and never again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule client add shop --kind spa \\\n    \
    --redirect-uri https://shop.example.com/callback")]
pub(in crate::cli) struct Add {
    /// What it sends as `client_id`: 1 to 64 of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`.
    id: Written<ClientId>,
    /// What it is: `spa` (a page that holds tokens), `web` (a page that lives by the session cookie), `native` (an
    /// application on a device), `confidential` (a server of yours), `third-party` (somebody else's server: people are
    /// asked first), `machine` (a program that speaks for itself).
    #[arg(long)]
    kind: Written<ClientKind>,
    #[command(flatten)]
    registering: Registering,
    /// As a JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    wait: Wait,
}

impl Add {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let ask = ClientCommand::Add { id: self.id, kind: self.kind, said: self.registering.said() };
        let (client, secret) = reply::new_client(house.change(Command::Client(ask), self.wait)?)?;
        said(&client, secret.as_ref(), self.json)
    }
}

/// A client with its new secret.
#[derive(Serialize)]
struct WithSecret<'c> {
    #[serde(flatten)]
    client: &'c ClientView,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'c Sealed>,
}

/// What is said of a client that has a new secret, or none.
pub(super) fn said(client: &ClientView, client_secret: Option<&Sealed>, json: bool) -> anyhow::Result<Said> {
    if json {
        return Ok(Said::from(serde_json::to_string(&WithSecret { client, client_secret })? + "\n"));
    }
    let mut said = Said::from(card(client, client_secret));
    if client_secret.is_some() {
        "The secret is shown this once; nobody keeps it.".clone_into(&mut said.hint);
    }
    Ok(said)
}
