//! `vestibule token list`.

use super::Speaker;
use crate::cli::table::table;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::tokens::{TokenCommand, TokenView};

/// List API tokens, the oldest first; everybody's, or those of one user or service.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule token list --service backups")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    speaker: Speaker,
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let ask = TokenCommand::List { whose: self.speaker.whose() };
        let tokens = reply::tokens(house.ask(Command::Token(ask))?)?;
        if self.json {
            let line = |token: &TokenView| serde_json::to_string(token).map(|line| line + "\n");
            return Ok(tokens.iter().map(line).collect::<Result<String, _>>()?);
        }
        let head = ["ID", "SPEAKS FOR", "NAME", "SCOPES", "MADE", "LAST USED", "ENDS"];
        Ok(table(&head, &tokens.iter().map(row).collect::<Vec<_>>()))
    }
}

fn row(token: &TokenView) -> Vec<String> {
    let service = token.service.as_ref().map(|name| format!("service {name}"));
    vec![
        token.id.clone(),
        service.or_else(|| token.email.clone()).unwrap_or_else(|| token.user.clone()),
        token.name.clone(),
        token.scopes.join(" "),
        token.created_at.clone(),
        token.last_used_at.clone().unwrap_or_else(|| "never".to_owned()),
        token.expires_at.clone(),
    ]
}
