//! The options of `vestibule client add` and `vestibule client set` that say what a client may do.

use vestibule_gate::grant::{RefreshLifetime, Registration};

use crate::config::duration::Duration;

/// What to say of a client.
#[derive(Debug, clap::Args)]
pub(super) struct Registering {
    /// What pages call it; its id when it is not given.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Where people may be sent after signing in, compared byte for byte; repeat it for more.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may be sent after signing out; repeat it for more.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// A scope of its own, beside those that everybody may ask for; repeat it for more.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Whether a confidential client may ask for everything that the person can do. Public clients of your own always
    /// may, third parties and machines never.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    full_access: Option<bool>,
    /// Whether access tokens are JWTs, which others can read and check, and not opaque.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    jwt_access_tokens: Option<bool>,
    /// Let a client with a secret do without PKCE, because it does not know it.
    #[arg(long)]
    no_pkce: bool,
    /// Require PKCE, as from the start.
    #[arg(long, conflicts_with = "no_pkce")]
    pkce: bool,
    /// Give the same refresh token again, as to clients with a secret from the start. A public client's that was stolen
    /// is then noticed by nobody.
    #[arg(long)]
    no_refresh_rotation: bool,
    /// Give a new refresh token with every refresh, as to public clients from the start.
    #[arg(long, conflicts_with = "no_refresh_rotation")]
    refresh_rotation: bool,
    /// How long an access token lives, `1s` to `1d`; `30m` from the start.
    #[arg(long, value_name = "DURATION", value_parser = Duration::parse)]
    access_token_lifetime: Option<Duration>,
    /// How long a refresh token lives; `0`, from the start, as long as the session.
    #[arg(long, value_name = "DURATION", value_parser = refresh_lifetime)]
    refresh_token_lifetime: Option<RefreshLifetime>,
    /// Its home page, for the page that asks for consent; `''` for none.
    #[arg(long, value_name = "URL")]
    client_uri: Option<String>,
    /// Its privacy policy, for that page.
    #[arg(long, value_name = "URL")]
    policy_uri: Option<String>,
    /// Its terms, for that page.
    #[arg(long, value_name = "URL")]
    tos_uri: Option<String>,
}

impl Registering {
    /// An option that was not written says nothing.
    pub(super) fn said(self) -> Registration {
        let list = |items: Vec<String>| (!items.is_empty()).then_some(items);
        let either = |yes: bool, no: bool| (yes || no).then_some(yes);
        Registration {
            name: self.name,
            redirect_uris: list(self.redirect_uris),
            post_logout_redirect_uris: list(self.post_logout_redirect_uris),
            scopes: list(self.scopes),
            full_access: self.full_access,
            jwt_access_tokens: self.jwt_access_tokens,
            pkce: either(self.pkce, self.no_pkce),
            rotate_refresh_tokens: either(self.refresh_rotation, self.no_refresh_rotation),
            access_token_lifetime: self.access_token_lifetime.map(|lifetime| lifetime.0),
            refresh_token_lifetime: self.refresh_token_lifetime,
            client_uri: self.client_uri,
            policy_uri: self.policy_uri,
            tos_uri: self.tos_uri,
        }
    }
}

fn refresh_lifetime(text: &str) -> Result<RefreshLifetime, String> {
    if text == "0" {
        return Ok(RefreshLifetime::Session);
    }
    Duration::parse(text).map(|lifetime| RefreshLifetime::For(lifetime.0))
}
