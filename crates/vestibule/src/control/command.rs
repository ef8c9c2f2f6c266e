//! Everything that an operator can ask or change.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vestibule_gate::account::{DisplayName, EmailAddress, Password, Role};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::Span;
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};
use vestibule_ledger::UserRef;

use super::clients::ClientCommand;
use super::explain::Question;
use super::tokens::TokenCommand;
use super::written::{Sealed, Written};

/// One thing to do. Between processes it is one line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Is the store there and current, and what does the clock say?
    Status,
    /// A page of users, behind this id.
    ListUsers {
        /// The last id of the page before.
        after: Option<Written<UserId>>,
    },
    /// One user.
    ShowUser {
        /// Whom.
        who: Written<UserRef>,
    },
    /// Adds a user.
    AddUser(AddUser),
    /// Adds users from elsewhere, all or none.
    ImportUsers {
        /// The file: a JSON object a line.
        text: Sealed,
    },
    /// Changes a user.
    SetUser(SetUser),
    /// Disables a user and ends their sessions.
    DisableUser {
        /// Whom.
        who: Written<UserRef>,
    },
    /// Lets a user sign in again.
    EnableUser {
        /// Whom.
        who: Written<UserRef>,
    },
    /// Deletes a user.
    DeleteUser {
        /// Whom.
        who: Written<UserRef>,
    },
    /// Sets a password and ends the user's sessions.
    SetPassword {
        /// Whose.
        who: Written<UserRef>,
        /// The new one.
        password: Written<Password>,
    },
    /// Makes a session: impersonation.
    CreateSession {
        /// Whose.
        who: Written<UserRef>,
    },
    /// A user's sessions.
    ListSessions {
        /// Whose.
        who: Written<UserRef>,
    },
    /// Ends sessions.
    RevokeSessions(Revoke),
    /// The signing keys.
    ListKeys,
    /// Makes a signing key.
    RotateKeys {
        /// How it signs; `None`: as is configured.
        algorithm: Option<Written<SigningAlgorithm>>,
    },
    /// Retires a signing key.
    RetireKey {
        /// Which.
        id: Written<KeyId>,
    },
    /// Something about clients.
    Client(ClientCommand),
    /// Something about API tokens.
    Token(TokenCommand),
    /// Why may a request pass, or not? Only the running server knows its rules.
    Explain(Question),
    /// Does something, and then waits until every live node has said that it knows.
    AndWait {
        /// What.
        command: Box<Command>,
        /// How long, at most.
        at_most: Span,
    },
    /// Writes a backup to a new file.
    Backup {
        /// The absolute path: the two processes need not be in one folder.
        file: PathBuf,
    },
}

/// A user to be added.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddUser {
    /// The id that the user had elsewhere.
    pub id: Option<Written<UserId>>,
    /// The login name.
    pub email: Written<EmailAddress>,
    /// The name; may be empty.
    pub name: Written<DisplayName>,
    /// The roles.
    pub roles: Vec<Written<Role>>,
    /// The operator vouches for the address.
    pub verified: bool,
    /// The password; without one the user cannot sign in yet.
    pub password: Option<Written<Password>>,
}

/// What to change of a user; `None` stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetUser {
    /// Whom.
    pub who: Written<UserRef>,
    /// The name.
    pub name: Option<Written<DisplayName>>,
    /// Whether the operator vouches for the address.
    pub verified: Option<bool>,
    /// The new whole list.
    pub roles: Option<Vec<Written<Role>>>,
    /// Further claims, by name; an empty value takes one away.
    pub claims: Vec<(String, String)>,
}

/// Which sessions to end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoke {
    /// One.
    Session(Written<SessionId>),
    /// Whichever this secret stands for.
    Holder(Sealed),
    /// A user's.
    User(Written<UserRef>),
    /// Everybody's.
    All,
}
