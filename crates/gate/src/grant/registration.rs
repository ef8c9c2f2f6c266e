//! Makes a client of what its operator says, whether on the command line or in the configuration file. What cannot be is
//! refused with the name of what was said, so that both can say where it stands.

mod page;

use page::page;
use serde::{Deserialize, Serialize};

use super::client::{Client, ClientId};
use super::kind::ClientKind;
use super::redirect_uri::RedirectUri;
use super::scope::{FULL_ACCESS, FULL_USERINFO, Scopes};
use crate::account::DisplayName;
use crate::time::Span;

/// What an operator says of a client. `None` is what was not said: the default, or what is there already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// What pages call it; its id when nothing was ever said.
    pub name: Option<String>,
    /// Where people may be sent after an authorization: the whole list.
    pub redirect_uris: Option<Vec<String>>,
    /// Where people may be sent after signing out: the whole list.
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Scopes of its own: the whole list.
    pub scopes: Option<Vec<String>>,
    /// Whether a confidential client may have full access.
    pub full_access: Option<bool>,
    /// Whether its access tokens are JWTs.
    pub jwt_access_tokens: Option<bool>,
    /// Whether it has to use PKCE.
    pub pkce: Option<bool>,
    /// Whether every refresh gives a new refresh token.
    pub rotate_refresh_tokens: Option<bool>,
    /// How long an access token lives.
    pub access_token_lifetime: Option<Span>,
    /// How long a refresh token lives.
    pub refresh_token_lifetime: Option<RefreshLifetime>,
    /// Its home page; empty: none.
    pub client_uri: Option<String>,
    /// Its privacy policy; empty: none.
    pub policy_uri: Option<String>,
    /// Its terms; empty: none.
    pub tos_uri: Option<String>,
}

/// How long a refresh token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshLifetime {
    /// As long as the session behind it.
    Session,
    /// So long, and no longer than the session.
    For(Span),
}

/// Something that an operator says of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// A redirect URI, by its place in the list, or the list.
    RedirectUri(Option<usize>),
    /// A URI to be sent to after signing out, by its place in the list, or the list.
    PostLogoutRedirectUri(Option<usize>),
    /// A scope, by its place in the list.
    Scope(usize),
    /// Full access.
    FullAccess,
    /// PKCE.
    Pkce,
    /// How long an access token lives.
    AccessTokenLifetime,
    /// The home page.
    ClientUri,
    /// The privacy policy.
    PolicyUri,
    /// The terms.
    TosUri,
}

impl Part {
    /// Its option on the command line.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::Name => "--name",
            Self::RedirectUri(_) => "--redirect-uri",
            Self::PostLogoutRedirectUri(_) => "--post-logout-redirect-uri",
            Self::Scope(_) => "--scope",
            Self::FullAccess => "--full-access",
            Self::Pkce => "--no-pkce",
            Self::AccessTokenLifetime => "--access-token-lifetime",
            Self::ClientUri => "--client-uri",
            Self::PolicyUri => "--policy-uri",
            Self::TosUri => "--tos-uri",
        }
    }

    /// Its key in the configuration file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::RedirectUri(_) => "redirect_uris",
            Self::PostLogoutRedirectUri(_) => "post_logout_redirect_uris",
            Self::Scope(_) => "scopes",
            Self::FullAccess => "full_access",
            Self::Pkce => "pkce",
            Self::AccessTokenLifetime => "access_token_lifetime",
            Self::ClientUri => "client_uri",
            Self::PolicyUri => "policy_uri",
            Self::TosUri => "tos_uri",
        }
    }

    /// Its place in a list, counted from 0.
    #[must_use]
    pub const fn item(self) -> Option<usize> {
        match self {
            Self::RedirectUri(item) | Self::PostLogoutRedirectUri(item) => item,
            Self::Scope(item) => Some(item),
            Self::Name
            | Self::FullAccess
            | Self::Pkce
            | Self::AccessTokenLifetime
            | Self::ClientUri
            | Self::PolicyUri
            | Self::TosUri => None,
        }
    }
}

/// Why there is no such client, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", part.option())]
pub struct RegistrationError {
    /// What cannot be.
    pub part: Part,
    /// Why, and what was expected.
    pub message: String,
}

impl Registration {
    /// A new client.
    ///
    /// # Errors
    /// The first part that cannot be.
    pub fn client(&self, id: ClientId, kind: ClientKind) -> Result<Client, RegistrationError> {
        self.change(Client {
            name: id.as_str().to_owned(),
            id,
            kind,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            scopes: Vec::new(),
            full_access: false,
            pkce_required: true,
            jwt_access_tokens: false,
            // What RFC 9700 section 4.14 asks of a public client; a secret protects the refresh tokens of the others.
            rotates_refresh_tokens: kind.is_public(),
            access_token_lifetime: ACCESS_TOKEN_LIFETIME,
            refresh_token_lifetime: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
        })
    }

    /// A client with what was said in place of what it had.
    ///
    /// # Errors
    /// The first part that cannot be.
    pub fn change(&self, mut client: Client) -> Result<Client, RegistrationError> {
        if let Some(name) = &self.name {
            client.name = self::name(name)?;
        }
        if let Some(written) = &self.redirect_uris {
            client.redirect_uris = uris(written, client.kind, Part::RedirectUri)?;
        }
        if let Some(written) = &self.post_logout_redirect_uris {
            client.post_logout_redirect_uris = uris(written, client.kind, Part::PostLogoutRedirectUri)?;
        }
        if let Some(written) = &self.scopes {
            client.scopes = scopes(written)?;
        }
        self.change_tokens(&mut client)?;
        for (slot, written, part) in [
            (&mut client.client_uri, &self.client_uri, Part::ClientUri),
            (&mut client.policy_uri, &self.policy_uri, Part::PolicyUri),
            (&mut client.tos_uri, &self.tos_uri, Part::TosUri),
        ] {
            if let Some(written) = written {
                *slot = page(written, part)?;
            }
        }
        if client.kind != ClientKind::Machine && client.redirect_uris.is_empty() {
            let message = format!("a {} client needs at least one, such as `{EXAMPLE}`", client.kind);
            return Err(RegistrationError { part: Part::RedirectUri(None), message });
        }
        Ok(client)
    }

    fn change_tokens(&self, client: &mut Client) -> Result<(), RegistrationError> {
        let refuse = |part, message: String| Err(RegistrationError { part, message });
        let kind = client.kind;
        if let Some(full_access) = self.full_access {
            if full_access && matches!(kind, ClientKind::ThirdParty | ClientKind::Machine) {
                return refuse(Part::FullAccess, format!("a {kind} client cannot have full access; leave it out"));
            }
            client.full_access = full_access;
        }
        if let Some(pkce) = self.pkce {
            if !pkce && !matches!(kind, ClientKind::Confidential | ClientKind::ThirdParty) {
                return refuse(Part::Pkce, format!("a {kind} client cannot do without PKCE; leave it out"));
            }
            client.pkce_required = pkce;
        }
        if let Some(lifetime) = self.access_token_lifetime {
            if !(Span::from_seconds(1)..=LONGEST_ACCESS_TOKEN).contains(&lifetime) {
                let message = "an access token lives from `1s` to `1d`, such as `30m`".to_owned();
                return refuse(Part::AccessTokenLifetime, message);
            }
            client.access_token_lifetime = lifetime;
        }
        client.refresh_token_lifetime = match self.refresh_token_lifetime {
            None => client.refresh_token_lifetime,
            Some(RefreshLifetime::Session) => None,
            Some(RefreshLifetime::For(lifetime)) => Some(lifetime),
        };
        client.jwt_access_tokens = self.jwt_access_tokens.unwrap_or(client.jwt_access_tokens);
        client.rotates_refresh_tokens = self.rotate_refresh_tokens.unwrap_or(client.rotates_refresh_tokens);
        Ok(())
    }
}

fn name(written: &str) -> Result<String, RegistrationError> {
    let refused = |message| RegistrationError { part: Part::Name, message };
    let name = DisplayName::parse(written).map_err(|error| refused(error.to_string()))?;
    match name.as_str() {
        "" => Err(refused("is empty; pages call the client by it".to_owned())),
        name => Ok(name.to_owned()),
    }
}

fn uris(
    written: &[String],
    kind: ClientKind,
    part: fn(Option<usize>) -> Part,
) -> Result<Vec<RedirectUri>, RegistrationError> {
    let refused = |item, message| RegistrationError { part: part(item), message };
    if kind == ClientKind::Machine && !written.is_empty() {
        return Err(refused(None, "a machine client sends nobody anywhere; leave it out".to_owned()));
    }
    if written.len() > MOST {
        return Err(refused(None, format!("a client has at most {MOST}")));
    }
    let mut uris = Vec::new();
    for (index, text) in written.iter().enumerate() {
        let uri =
            RedirectUri::register(text, kind).map_err(|error| refused(Some(index), format!("`{text}`: {error}")))?;
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    Ok(uris)
}

fn scopes(written: &[String]) -> Result<Vec<String>, RegistrationError> {
    let mut all: Vec<String> = Vec::new();
    for (index, text) in written.iter().enumerate() {
        let refused =
            |message: &str| RegistrationError { part: Part::Scope(index), message: format!("`{text}` {message}") };
        let scopes = Scopes::parse(text).map_err(|error| refused(&format!("is no scope: {error}")))?;
        if scopes.iter().count() != 1 || text.contains(' ') {
            return Err(refused("is not one scope; a scope is a word, such as `orders:read`"));
        }
        if scopes.contains(FULL_ACCESS) || scopes.contains(FULL_USERINFO) {
            return Err(refused("comes with full access; a scope of its own is a word, such as `orders:read`"));
        }
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    match Scopes::parse(&all.join(" ")) {
        Ok(_) => Ok(all),
        Err(error) => {
            Err(RegistrationError { part: Part::Scope(all.len().saturating_sub(1)), message: error.to_string() })
        }
    }
}

const ACCESS_TOKEN_LIFETIME: Span = Span::from_seconds(30 * 60);
const LONGEST_ACCESS_TOKEN: Span = Span::from_seconds(24 * 3600);
const EXAMPLE: &str = "https://app.example.com/callback";
/// Redirect URIs of one client: more are a list that nobody reads any more.
const MOST: usize = 100;

#[cfg(test)]
mod tests;
