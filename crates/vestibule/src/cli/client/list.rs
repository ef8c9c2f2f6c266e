//! `vestibule client list`.

use crate::cli::table::table;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::clients::{ClientCommand, ClientView};

/// List all clients, by their ids.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule client list --json | jq -r .client_id")]
pub(in crate::cli) struct List {
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let clients = reply::clients(house.ask(Command::Client(ClientCommand::List))?)?;
        if self.json {
            let line = |client: &ClientView| serde_json::to_string(client).map(|line| line + "\n");
            return Ok(clients.iter().map(line).collect::<Result<String, _>>()?);
        }
        let head = ["ID", "KIND", "NAME", "DECLARED", "REDIRECT URIS"];
        Ok(table(&head, &clients.iter().map(row).collect::<Vec<_>>()))
    }
}

fn row(client: &ClientView) -> Vec<String> {
    let declared = if client.declared { "yes" } else { "" };
    let uris = client.redirect_uris.join(" ");
    vec![client.client_id.clone(), client.kind.clone(), client.name.clone(), declared.to_owned(), uris]
}
