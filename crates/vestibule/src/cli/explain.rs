//! `vestibule explain`.

use std::io::Read as _;
use std::net::IpAddr;

use anyhow::Context as _;
use vestibule_ledger::UserRef;

use super::{House, reply};
use crate::control::Command;
use crate::control::explain::{By, Question};
use crate::control::written::{Sealed, Written};

/// Say why a request may pass or not: which credential counts, which rule decides and where it stands. Asks the running
/// server, and so the rules in force.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule explain --url https://app.example.com/admin --user ada@example.com\n  \
                  vestibule explain --url https://app.example.com/ --cookie - < cookie.txt")]
pub(super) struct Explain {
    /// The URL, as the client would send it.
    #[arg(long)]
    url: String,
    /// The method, in capitals.
    #[arg(long, default_value = "GET")]
    method: String,
    /// The client's address.
    #[arg(long, value_name = "IP")]
    address: Option<IpAddr>,
    #[command(flatten)]
    by: Credential,
    /// A JSON object.
    #[arg(long)]
    json: bool,
}

/// Who makes the request; nobody is signed in without any of these.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Credential {
    /// The Cookie line that comes along, or the session cookie's value alone; `-` reads it from standard input, where
    /// other users of this machine cannot see it.
    #[arg(long)]
    cookie: Option<String>,
    /// The token that comes along; `-` reads it from standard input.
    #[arg(long, value_name = "TOKEN")]
    bearer: Option<String>,
    /// A user, as if they had signed in this moment.
    #[arg(long, value_name = "EMAIL")]
    user: Option<Written<UserRef>>,
}

impl Explain {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let config = house.config()?;
        let by = match (self.by.cookie, self.by.bearer, self.by.user) {
            (Some(cookie), ..) => {
                let cookie = given(cookie)?;
                let line =
                    if cookie.contains('=') { cookie } else { format!("{}={cookie}", config.cookie_names().session()) };
                By::Cookie(Sealed(line))
            }
            (None, Some(token), _) => By::Bearer(Sealed(given(token)?)),
            (None, None, Some(who)) => By::User(who),
            (None, None, None) => By::Nobody,
        };
        let question = Question { method: self.method, url: self.url, address: self.address, by };
        let explained = reply::explained(super::ask(&config, Command::Explain(question))?)?;
        Ok(if self.json { serde_json::to_string(&explained)? + "\n" } else { explained.to_string() })
    }
}

/// What is written, or what stands on standard input for `-`.
fn given(written: String) -> anyhow::Result<String> {
    if written != "-" {
        return Ok(written);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    Ok(text.trim().to_owned())
}
