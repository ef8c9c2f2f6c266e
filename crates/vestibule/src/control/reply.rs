//! What an operator is told: the answer to a [`super::Command`], in a form that `--json` prints as it is.

use serde::{Deserialize, Serialize};
use vestibule_gate::account::EmailAddress;
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::{KeyInfo, Phase, SessionInfo, User};

use super::clients::ClientView;
use super::tokens::TokenView;
use super::written::Sealed;
use crate::explain::Explanation;
use crate::web::when;

/// Why something was not done, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error("{0}")]
pub struct Refusal(pub String);

/// The answer to a command that was performed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done; there is nothing more to say.
    Done,
    /// How things are.
    Status(Status),
    /// One page of users; the last one is empty.
    Users(Vec<UserView>),
    /// One user.
    User(UserView),
    /// A new user's id.
    Added(String),
    /// So many users were added.
    Imported(usize),
    /// A user's sessions.
    Sessions(Vec<SessionView>),
    /// A session's secret.
    Secret(Sealed),
    /// The signing keys.
    Keys(Vec<KeyView>),
    /// A new signing key.
    Key(KeyView),
    /// A signing key was retired, and this one took its place, if it had one.
    Retired(Option<String>),
    /// All clients.
    Clients(Vec<ClientView>),
    /// One client.
    Client(ClientView),
    /// A new client, and its secret if it has one.
    NewClient(ClientView, Option<Sealed>),
    /// API tokens.
    Tokens(Vec<TokenView>),
    /// A new API token, and its secret.
    NewToken(TokenView, Sealed),
    /// Why a request may pass, or not.
    Explained(Explanation),
    /// So many sessions were ended.
    Ended(u64),
    /// This was done, and not every node knows it yet: which, and what that means.
    NotEverywhere(Box<Reply>, String),
}

/// How things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The process's number.
    pub process: u32,
    /// What time it is for the ledger, in milliseconds since 1970.
    pub now: i64,
    /// Users, guests among them.
    pub users: i64,
    /// Guests.
    pub guests: i64,
    /// Stored sessions.
    pub sessions: i64,
}

/// A user, as the command line shows them. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The id.
    pub id: String,
    /// The login name; `None` for a guest.
    pub email: Option<String>,
    /// The name; may be empty.
    pub name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// The operator vouches for the address.
    pub verified: bool,
    /// May not sign in.
    pub disabled: bool,
    /// A guest.
    pub anonymous: bool,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Not a person: an API token or a machine's client speaks for it.
    pub service: bool,
    /// When the account was made.
    pub created_at: String,
    /// The last use of any session.
    pub last_seen_at: Option<String>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_ref().map(EmailAddress::shown).map(str::to_owned),
            name: user.name.as_str().to_owned(),
            roles: user.roles.iter().map(ToString::to_string).collect(),
            verified: user.verified,
            disabled: user.disabled,
            anonymous: user.anonymous,
            has_password: user.has_password,
            service: user.service,
            created_at: when::machine(user.created_at),
            last_seen_at: user.last_seen_at.map(when::machine),
        }
    }
}

/// A session, as the command line shows it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The id; not a secret.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// What it is: `cookie` (a browser here), `token` (an application's), `api` or `machine`.
    pub kind: String,
    /// The application that has it, if one does.
    pub client_id: Option<String>,
    /// What its owner calls it; may be empty.
    pub name: String,
    /// When it began.
    pub created_at: String,
    /// The last real authentication; `None` when there was none.
    pub authenticated_at: Option<String>,
    /// The last use.
    pub last_seen_at: String,
    /// The absolute limit.
    pub expires_at: String,
    /// Authentication methods.
    pub amr: Vec<String>,
    /// The browser at creation; may be empty. As the browser sent it: not for a terminal.
    pub user_agent: String,
    /// The client's address at creation, if it was known.
    pub address: Option<String>,
    /// Made by `vestibule session create`.
    pub created_by_cli: bool,
}

impl From<SessionInfo> for SessionView {
    fn from(session: SessionInfo) -> Self {
        let authenticated = Some(session.authenticated_at).filter(|at| *at != Timestamp::NEVER);
        Self {
            id: session.id.to_string(),
            user: session.user.to_string(),
            kind: kind(session.kind).to_owned(),
            client_id: session.client.map(|client| client.to_string()),
            name: session.label,
            created_at: when::machine(session.created_at),
            authenticated_at: authenticated.map(when::machine),
            last_seen_at: when::machine(session.last_seen_at),
            expires_at: when::machine(session.expires_at),
            amr: session.amr.into_iter().map(str::to_owned).collect(),
            user_agent: session.user_agent,
            address: session.address.map(|address| address.to_string()),
            created_by_cli: session.by_cli,
        }
    }
}

const fn kind(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Cookie => "cookie",
        SessionKind::Token => "token",
        SessionKind::Api => "api",
        SessionKind::Machine => "machine",
    }
}

/// A signing key, as the command line shows it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// The id, which tokens name as `kid`; not a secret.
    pub id: String,
    /// How it signs.
    pub algorithm: String,
    /// `next`, `active`, `retiring` or `retired`.
    pub state: String,
    /// Whether its private half is encrypted in the database; `None` when that is gone.
    pub sealed: Option<bool>,
    /// When it was made.
    pub created_at: String,
    /// When it begins to sign, or began to.
    pub signs_from: String,
    /// When it leaves the published keys, or left them; `None` as long as it signs.
    pub ends_at: Option<String>,
}

impl From<KeyInfo> for KeyView {
    fn from(key: KeyInfo) -> Self {
        let ends_at = match key.phase {
            Phase::Next | Phase::Active => None,
            Phase::Retiring { until } => Some(until),
            Phase::Retired { at } => Some(at),
        };
        let is_retired = matches!(key.phase, Phase::Retired { .. });
        Self {
            id: key.id.to_string(),
            algorithm: key.algorithm.to_string(),
            state: key.phase.as_str().to_owned(),
            sealed: (!is_retired).then_some(key.is_sealed),
            created_at: when::machine(key.created_at),
            signs_from: when::machine(key.signs_from),
            ends_at: ends_at.map(when::machine),
        }
    }
}
