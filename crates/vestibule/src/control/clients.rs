//! What an operator can ask and change of clients.

use serde::{Deserialize, Serialize};
use vestibule_gate::grant::{ClientId, ClientKind, RedirectUri, Registration};
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{self, ClientError};
use vestibule_ledger::{ClientRecord, Ledger, queries};

use super::perform::{done, refusal};
use super::reply::{Refusal, Reply};
use super::written::{Sealed, Written};
use crate::web::when;

/// One thing to do about clients.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCommand {
    /// Adds one.
    Add {
        /// Its id.
        id: Written<ClientId>,
        /// What it is; that stays.
        kind: Written<ClientKind>,
        /// The rest.
        said: Registration,
    },
    /// All of them.
    List,
    /// One.
    Show {
        /// Which.
        id: Written<ClientId>,
    },
    /// Changes one.
    Set {
        /// Which.
        id: Written<ClientId>,
        /// What to change.
        said: Registration,
    },
    /// Deletes one, with its tokens and what people have allowed it.
    Delete {
        /// Which.
        id: Written<ClientId>,
    },
    /// Gives one another secret.
    RotateSecret {
        /// Which.
        id: Written<ClientId>,
        /// How long the last one goes on.
        overlap: Span,
    },
}

/// Performs one. What it changed is in force, and survives a crash, when this returns.
pub(super) async fn perform(ledger: &Ledger, command: ClientCommand) -> Result<Reply, Refusal> {
    match command {
        ClientCommand::Add { id, kind, said } => {
            let client = said.client(id.0.clone(), kind.0).map_err(refusal)?;
            let secret = changes::add_client(ledger, client).await.map_err(refusal)?;
            Ok(Reply::NewClient(
                find(ledger, &id.0).await?.into(),
                secret.map(|secret| Sealed(secret.expose().to_owned())),
            ))
        }
        ClientCommand::List => {
            let clients = queries::clients(ledger).await.map_err(refusal)?;
            Ok(Reply::Clients(clients.into_iter().map(ClientView::from).collect()))
        }
        ClientCommand::Show { id } => Ok(Reply::Client(find(ledger, &id.0).await?.into())),
        ClientCommand::Set { id, said } => {
            let client = said.change(find(ledger, &id.0).await?.client).map_err(refusal)?;
            done(changes::set_client(ledger, client).await)
        }
        ClientCommand::Delete { id } => done(changes::delete_client(ledger, &id.0).await),
        ClientCommand::RotateSecret { id, overlap } => {
            let secret = changes::rotate_client_secret(ledger, &id.0, overlap).await.map_err(refusal)?;
            Ok(Reply::NewClient(find(ledger, &id.0).await?.into(), Some(Sealed(secret.expose().to_owned()))))
        }
    }
}

async fn find(ledger: &Ledger, id: &ClientId) -> Result<ClientRecord, Refusal> {
    queries::client(ledger, id).await.map_err(refusal)?.ok_or_else(|| refusal(ClientError::NoSuchClient))
}

/// A client, as the command line shows it. Times are RFC 3339 in UTC, lifetimes are seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientView {
    /// What it sends as `client_id`.
    pub client_id: String,
    /// What it is.
    pub kind: String,
    /// What pages call it.
    pub name: String,
    /// The configuration file has it, and no command changes it.
    pub declared: bool,
    /// Where people may be sent after an authorization.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Scopes of its own.
    pub scopes: Vec<String>,
    /// Whether it may have full access.
    pub full_access: bool,
    /// Whether its access tokens are JWTs.
    pub jwt_access_tokens: bool,
    /// Whether it has to use PKCE.
    pub pkce: bool,
    /// Whether every refresh gives a new refresh token.
    pub rotate_refresh_tokens: bool,
    /// How long an access token lives.
    pub access_token_lifetime: i64,
    /// How long a refresh token lives; `None`: as long as the session.
    pub refresh_token_lifetime: Option<i64>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its privacy policy.
    pub policy_uri: Option<String>,
    /// Its terms.
    pub tos_uri: Option<String>,
    /// The user whom the tokens of a machine client speak for.
    pub service: Option<String>,
    /// When it was added.
    pub created_at: String,
}

impl From<ClientRecord> for ClientView {
    fn from(record: ClientRecord) -> Self {
        let client = record.client;
        let written = |uris: &[RedirectUri]| uris.iter().map(|uri| uri.as_str().to_owned()).collect();
        Self {
            client_id: client.id.to_string(),
            kind: client.kind.to_string(),
            declared: record.declared,
            redirect_uris: written(&client.redirect_uris),
            post_logout_redirect_uris: written(&client.post_logout_redirect_uris),
            full_access: client.may_have_full_access(),
            jwt_access_tokens: client.jwt_access_tokens,
            pkce: client.requires_pkce(),
            rotate_refresh_tokens: client.rotates_refresh_tokens,
            access_token_lifetime: client.access_token_lifetime.seconds(),
            refresh_token_lifetime: client.refresh_token_lifetime.map(Span::seconds),
            name: client.name,
            scopes: client.scopes,
            client_uri: client.client_uri,
            policy_uri: client.policy_uri,
            tos_uri: client.tos_uri,
            service: record.service.map(|id| id.to_string()),
            created_at: when::machine(record.created_at),
        }
    }
}
