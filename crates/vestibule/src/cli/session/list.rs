//! `vestibule session list EMAIL`.

use crate::cli::table::table;
use crate::cli::user::Whom;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::reply::SessionView;

/// List a user's sessions, the last used one first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule session list ada@example.com")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    whom: Whom,
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let sessions = reply::sessions(house.ask(Command::ListSessions { who: self.whom.who })?)?;
        if self.json {
            let line = |session: &SessionView| serde_json::to_string(session).map(|line| line + "\n");
            return Ok(sessions.iter().map(line).collect::<Result<String, _>>()?);
        }
        let head = ["ID", "KIND", "BEGAN", "LAST SEEN", "ENDS", "BY", "ADDRESS", "BROWSER"];
        Ok(table(&head, &sessions.iter().map(row).collect::<Vec<_>>()))
    }
}

fn row(session: &SessionView) -> Vec<String> {
    let by = if session.created_by_cli { "created by cli".to_owned() } else { session.amr.join(" ") };
    vec![
        session.id.clone(),
        session.client_id.as_ref().map_or_else(|| session.kind.clone(), |client| format!("{} {client}", session.kind)),
        session.created_at.clone(),
        session.last_seen_at.clone(),
        session.expires_at.clone(),
        by,
        session.address.clone().unwrap_or_default(),
        session.user_agent.clone(),
    ]
}
