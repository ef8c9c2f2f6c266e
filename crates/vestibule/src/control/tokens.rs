//! What an operator can ask and change of API tokens.

use serde::{Deserialize, Serialize};
use vestibule_gate::account::{DisplayName, EmailAddress};
use vestibule_gate::grant::Scopes;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Span;
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::changes::{self, Bearer, NewApiToken, Which};
use vestibule_ledger::{Ledger, SessionInfo, User, UserRef, queries};

use super::perform::{done, find, refusal};
use super::reply::{Refusal, Reply};
use super::written::{Sealed, Written};
use crate::web::when;

/// One thing to do about API tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenCommand {
    /// Makes one.
    Create {
        /// Whom it speaks for.
        whose: Whose,
        /// What its owner calls it; may be empty.
        name: Written<DisplayName>,
        /// What it is limited to; `None`: nothing.
        scopes: Option<Written<Scopes>>,
        /// How long it lives; `None`: as long as a session.
        lifetime: Option<Span>,
    },
    /// All of them, or one user's.
    List {
        /// Whose.
        whose: Option<Whose>,
    },
    /// Ends one.
    Revoke {
        /// Which.
        id: Written<SessionId>,
    },
}

/// Whom a token speaks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// A user.
    User(Written<UserRef>),
    /// A service, by its name.
    Service(Written<DisplayName>),
}

/// Performs one. What it changed is in force, and survives a crash, when this returns.
pub(super) async fn perform(ledger: &Ledger, command: TokenCommand) -> Result<Reply, Refusal> {
    match command {
        TokenCommand::Create { whose, name, scopes, lifetime } => {
            let bearer = match whose {
                Whose::User(who) => Bearer::User(who.0),
                Whose::Service(name) => Bearer::Service(name.0.as_str().to_owned()),
            };
            let label = name.0.as_str().to_owned();
            let new = NewApiToken { bearer, label, scopes: scopes.map(|scopes| scopes.0), lifetime, by_cli: true };
            let (secret, session) = changes::create_api_token(ledger, new).await.map_err(refusal)?;
            let user = find(ledger, &UserRef::Id(session.user)).await?;
            Ok(Reply::NewToken(TokenView::of(session, &user), Sealed(secret.expose().to_owned())))
        }
        TokenCommand::List { whose } => {
            let of = match whose {
                None => None,
                Some(whose) => Some(user(ledger, whose).await?),
            };
            let tokens = queries::api_tokens(ledger, of).await.map_err(refusal)?;
            Ok(Reply::Tokens(tokens.into_iter().map(|(session, user)| TokenView::of(session, &user)).collect()))
        }
        TokenCommand::Revoke { id } => {
            let found = queries::session(ledger, id.0).await.map_err(refusal)?;
            match found.map(|session| session.kind) {
                Some(SessionKind::Api) => done(changes::revoke(ledger, Which::Session(id.0)).await),
                Some(SessionKind::Cookie | SessionKind::Token | SessionKind::Machine) | None => {
                    Err(refusal("there is no such token; `vestibule token list` shows them"))
                }
            }
        }
    }
}

async fn user(ledger: &Ledger, whose: Whose) -> Result<UserId, Refusal> {
    match whose {
        Whose::User(who) => Ok(find(ledger, &who.0).await?.id),
        Whose::Service(name) => {
            let found = queries::service(ledger, name.0.as_str()).await.map_err(refusal)?;
            found.map(|user| user.id).ok_or_else(|| refusal("there is no such service"))
        }
    }
}

/// An API token, as the command line shows it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    /// The id, by which it is revoked; not a secret.
    pub id: String,
    /// The id of the user whom it speaks for.
    pub user: String,
    /// That user's e-mail address; `None` for a service.
    pub email: Option<String>,
    /// The service's name; `None` for a person.
    pub service: Option<String>,
    /// What its owner calls it; may be empty.
    pub name: String,
    /// What it is limited to; none: it speaks for its user as a whole.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// The last use; `None`: it was never used.
    pub last_used_at: Option<String>,
    /// When it ends.
    pub expires_at: String,
    /// Made by `vestibule token create`.
    pub created_by_cli: bool,
}

impl TokenView {
    fn of(session: SessionInfo, user: &User) -> Self {
        Self {
            id: session.id.to_string(),
            user: user.id.to_string(),
            email: user.email.as_ref().map(EmailAddress::shown).map(str::to_owned),
            service: user.service.then(|| user.name.as_str().to_owned()),
            name: session.label,
            scopes: session.scope.split_ascii_whitespace().map(str::to_owned).collect(),
            created_at: when::machine(session.created_at),
            last_used_at: Some(session.last_seen_at).filter(|at| *at > session.created_at).map(when::machine),
            expires_at: when::machine(session.expires_at),
            created_by_cli: session.by_cli,
        }
    }
}
