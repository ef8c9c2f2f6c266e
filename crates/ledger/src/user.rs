//! Users and sessions as the ledger tells them to others.

use std::net::IpAddr;

use vestibule_gate::account::{DisplayName, EmailAddress, Profile, Roles};
use vestibule_gate::grant::ClientId;
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::verdict::SessionKind;

/// A user, without secrets.
#[derive(Debug, Clone)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The login name; `None` for a guest.
    pub email: Option<EmailAddress>,
    /// What pages call them; may be empty.
    pub name: DisplayName,
    /// Their roles.
    pub roles: Roles,
    /// The operator vouches for the address.
    pub verified: bool,
    /// May not sign in; has no sessions.
    pub disabled: bool,
    /// A guest.
    pub anonymous: bool,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Not a person: an API token or a machine's client speaks for it.
    pub service: bool,
    /// Further claims.
    pub profile: Profile,
    /// When somebody last changed any of this; `None` since it was made.
    pub updated_at: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// The last use of any session; `None` before the first.
    pub last_seen_at: Option<Timestamp>,
}

/// A session, without its secret.
#[derive(Debug, Clone)]
pub struct SessionInfo {
    /// The id; not a secret.
    pub id: SessionId,
    /// Its user.
    pub user: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// The last real authentication; [`Timestamp::NEVER`] when an operator made the session.
    pub authenticated_at: Timestamp,
    /// The last use.
    pub last_seen_at: Timestamp,
    /// The absolute limit.
    pub expires_at: Timestamp,
    /// Authentication methods.
    pub amr: Vec<&'static str>,
    /// The browser at creation, cut to 256 bytes; may be empty.
    pub user_agent: String,
    /// The client's address at creation, if it was known.
    pub address: Option<IpAddr>,
    /// `true` for a session made by `vestibule session create`.
    pub by_cli: bool,
    /// What it is.
    pub kind: SessionKind,
    /// The cookie session that it belongs to, with single sign-on.
    pub parent: Option<SessionId>,
    /// The client that it was granted to.
    pub client: Option<ClientId>,
    /// What it was granted, separated by one space.
    pub scope: String,
    /// What its owner calls it: the name of an API token. May be empty.
    pub label: String,
    /// The `claims` parameter of the request that it was granted for (OpenID Connect Core section 5.5).
    pub claims: Option<String>,
}

impl SessionInfo {
    /// When it ends if nobody uses it any more. An API token has the end that its owner gave it, used or not.
    pub(crate) fn end(&self, seen: Timestamp, idle_timeout: Span) -> Timestamp {
        match self.kind {
            SessionKind::Api => self.expires_at,
            SessionKind::Cookie | SessionKind::Token | SessionKind::Machine => {
                self.expires_at.min(seen.plus(idle_timeout))
            }
        }
    }
}

/// How somebody names a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// By id.
    Id(UserId),
    /// By login name.
    Email(EmailAddress),
}

impl User {
    /// What somebody who knows this user would try first as their password.
    #[must_use]
    pub fn known_words(&self) -> Vec<String> {
        let email = self.email.as_ref().map(|email| email.shown().to_owned());
        email.into_iter().chain([self.name.as_str().to_owned()]).collect()
    }
}

impl UserRef {
    /// Reads an id or an e-mail address.
    ///
    /// # Errors
    /// The e-mail address's error, since that is what people type.
    pub fn parse(text: &str) -> Result<Self, vestibule_gate::account::EmailError> {
        match UserId::parse(text.trim()) {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => EmailAddress::parse(text).map(Self::Email),
        }
    }
}

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The id that the user had elsewhere; minted when `None`.
    pub id: Option<UserId>,
    /// The login name.
    pub email: EmailAddress,
    /// The name.
    pub name: DisplayName,
    /// The roles.
    pub roles: Roles,
    /// Whether the operator vouches for the address.
    pub verified: bool,
    /// The hash of a password from elsewhere; `None` for an account that cannot sign in yet.
    pub password: Option<StoredHash>,
}

/// Why a text is not a password hash that can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a password hash that can be taken over; bcrypt (`$2b$..`), Authgear's bcrypt of SHA-512 (`$bcrypt-sha512$$2a$..`) \
     and argon2id (`$argon2id$v=19$..`) can"
)]
pub struct StoredHashError;

/// A password hash in a form that [`crate::proof`] verifies: Argon2id, bcrypt, or bcrypt of SHA-512. Prints as its name.
#[derive(Clone)]
pub struct StoredHash(pub(crate) String);

impl StoredHash {
    /// Takes over a hash from elsewhere.
    ///
    /// # Errors
    /// [`StoredHashError`] for any other form, and for Argon2 costs that would stop this machine (over 1 GiB, over
    /// 64 passes or lanes) or a bcrypt cost over 16.
    pub fn parse(text: &str) -> Result<Self, StoredHashError> {
        if crate::proof::stored::is_readable(text) { Ok(Self(text.to_owned())) } else { Err(StoredHashError) }
    }
}

impl std::fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredHash")
    }
}
