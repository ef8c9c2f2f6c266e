//! `vestibule client show ID`.

use super::Which;
use crate::cli::{House, reply, table};
use crate::control::Command;
use crate::control::clients::{ClientCommand, ClientView};
use crate::control::written::Sealed;

/// Show one client. Its secret is nowhere to be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule client show shop")]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    which: Which,
    /// As a JSON object.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let ask = ClientCommand::Show { id: self.which.id };
        let client = reply::client(house.ask(Command::Client(ask))?)?;
        if self.json { Ok(serde_json::to_string(&client)? + "\n") } else { Ok(card(&client, None)) }
    }
}

/// A client for people, with its secret when it has a new one. What was never said is left out.
pub(super) fn card(client: &ClientView, secret: Option<&Sealed>) -> String {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let lifetime = |seconds: Option<i64>| seconds.map_or_else(|| "as the session".to_owned(), |s| format!("{s} s"));
    let mut rows = vec![("client id", client.client_id.clone())];
    rows.extend(secret.map(|secret| ("client secret", secret.0.clone())));
    rows.extend([("kind", client.kind.clone()), ("name", client.name.clone())]);
    rows.extend(client.redirect_uris.iter().map(|uri| ("redirect URI", uri.clone())));
    rows.extend(client.post_logout_redirect_uris.iter().map(|uri| ("after signing out", uri.clone())));
    rows.extend([
        ("own scopes", client.scopes.join(" ")),
        ("full access", yes(client.full_access)),
        ("access tokens", if client.jwt_access_tokens { "JWT" } else { "opaque" }.to_owned()),
        ("they live", lifetime(Some(client.access_token_lifetime))),
        ("refresh tokens live", lifetime(client.refresh_token_lifetime)),
        ("and are rotated", yes(client.rotate_refresh_tokens)),
        ("PKCE", if client.pkce { "required" } else { "not required" }.to_owned()),
    ]);
    let pages = [("home page", &client.client_uri), ("privacy policy", &client.policy_uri), ("terms", &client.tos_uri)];
    rows.extend(pages.into_iter().filter_map(|(label, uri)| Some((label, uri.clone()?))));
    rows.extend(client.service.iter().map(|service| ("speaks for", service.clone())));
    rows.push(("declared", yes(client.declared)));
    rows.push(("added", client.created_at.clone()));
    table::card(&rows)
}
