//! `vestibule client set ID`.

use super::registering::Registering;
use super::{Which, change};
use crate::cli::House;
use crate::cli::wait::Wait;
use crate::control::clients::ClientCommand;

/// Change a client. What is not named stays; a list takes the place of the whole one that was there. Tokens that it has
/// go on. Its kind cannot change: delete it, and add it anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule client set shop --name 'The shop' --access-token-lifetime 10m")]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(PARTS))]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    registering: Registering,
    /// No scopes of its own any more.
    #[arg(long, conflicts_with = "scopes")]
    no_scopes: bool,
    /// Nowhere to be sent after signing out any more.
    #[arg(long, conflicts_with = "post_logout_redirect_uris")]
    no_post_logout_redirect_uris: bool,
    #[command(flatten)]
    wait: Wait,
}

impl Set {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let mut said = self.registering.said();
        if self.no_scopes {
            said.scopes = Some(Vec::new());
        }
        if self.no_post_logout_redirect_uris {
            said.post_logout_redirect_uris = Some(Vec::new());
        }
        change(house, ClientCommand::Set { id: self.which.id, said }, self.wait)
    }
}

/// One of these has to be named.
const PARTS: [&str; 17] = [
    "name",
    "redirect_uris",
    "post_logout_redirect_uris",
    "no_post_logout_redirect_uris",
    "scopes",
    "no_scopes",
    "full_access",
    "jwt_access_tokens",
    "pkce",
    "no_pkce",
    "refresh_rotation",
    "no_refresh_rotation",
    "access_token_lifetime",
    "refresh_token_lifetime",
    "client_uri",
    "policy_uri",
    "tos_uri",
];
