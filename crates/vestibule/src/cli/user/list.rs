//! `vestibule user list` and `vestibule user show EMAIL`.

use super::Whom;
use crate::cli::table::{card, table};
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::reply::UserView;

/// List all users, in the order of their ids.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule user list --json | jq -r .email")]
pub(in crate::cli) struct List {
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let mut users: Vec<UserView> = Vec::new();
        loop {
            let after = users.last().map(|user| user.id.parse()).transpose().map_err(anyhow::Error::msg)?;
            let page = reply::users(house.ask(Command::ListUsers { after })?)?;
            if page.is_empty() {
                break;
            }
            users.extend(page);
        }
        if self.json {
            let line = |user: &UserView| serde_json::to_string(user).map(|line| line + "\n");
            return Ok(users.iter().map(line).collect::<Result<String, _>>()?);
        }
        let head = ["ID", "E-MAIL", "NAME", "ROLES", "STATE", "LAST SEEN"];
        Ok(table(&head, &users.iter().map(row).collect::<Vec<_>>()))
    }
}

/// Show one user.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule user show ada@example.com")]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    whom: Whom,
    /// As a JSON object.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let user = reply::user(house.ask(Command::ShowUser { who: self.whom.who })?)?;
        if self.json {
            return Ok(serde_json::to_string(&user)? + "\n");
        }
        let state = state(&user);
        Ok(card(&[
            ("id", user.id),
            ("e-mail", user.email.unwrap_or_default()),
            ("name", user.name),
            ("roles", user.roles.join(" ")),
            ("state", state),
            ("created", user.created_at),
            ("last seen", user.last_seen_at.unwrap_or_else(|| "never".to_owned())),
        ]))
    }
}

fn row(user: &UserView) -> Vec<String> {
    let email = user.email.clone().unwrap_or_default();
    let seen = user.last_seen_at.clone().unwrap_or_else(|| "never".to_owned());
    vec![user.id.clone(), email, user.name.clone(), user.roles.join(" "), state(user), seen]
}

fn state(user: &UserView) -> String {
    let words = [
        (user.anonymous, "guest"),
        (user.service, "service"),
        (user.verified, "verified"),
        (user.disabled, "disabled"),
        (!user.has_password && !user.anonymous && !user.service, "without password"),
    ];
    words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
}
