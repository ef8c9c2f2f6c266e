//! What an answer says of a session besides its ids and times, and what its credential was given for.

use super::{HeaderPrefix, Profile};
use crate::account::Roles;

/// What an answer says of a session besides its ids and times: few distinct ones, shared by many sessions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts {
    /// A guest.
    pub anonymous: bool,
    /// Owns a verified address.
    pub verified: bool,
    /// Has anything to prove themselves again with.
    pub can_reauthenticate: bool,
    /// The user's roles.
    pub roles: Roles,
    /// Authentication methods, RFC 8176 values, in the order they were used.
    pub amr: Vec<&'static str>,
    /// Authentication context class; `None` when the session has none.
    pub acr: Option<&'static str>,
    /// What the credential was given for.
    pub grant: Grant,
    /// The user's address and name, if somebody needs them (`ledger::Settings::profiles`) and the user is verified.
    pub profile: Option<Profile>,
}

/// What a credential was given for, and how much of its user it speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Grant {
    /// What the session is.
    pub kind: SessionKind,
    /// The client that a token was issued to.
    pub client: Option<Box<str>>,
    /// Its scopes, separated by one space (RFC 6749 section 3.3).
    pub scope: Box<str>,
    /// Whether it speaks for its user as a whole, as a cookie does: a first party's token with full access, an API token
    /// without scopes. All others count only where a scope or a client is asked for.
    pub is_whole: bool,
}

/// What a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// A browser at our pages.
    Cookie,
    /// A client's grant: refresh and access tokens.
    Token,
    /// An API token.
    Api,
    /// A client that speaks for itself (RFC 6749 section 4.4).
    Machine,
}

impl Grant {
    /// A cookie session's.
    #[must_use]
    pub fn cookie() -> Self {
        Self { kind: SessionKind::Cookie, client: None, scope: Box::default(), is_whole: true }
    }

    /// Whether this scope is among its scopes.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|one| one == scope)
    }
}

impl Facts {
    /// The header lines of these facts. Never a repeated, never an empty header.
    pub(crate) fn render(&self, prefix: &HeaderPrefix) -> Vec<u8> {
        let mut out = String::with_capacity(256);
        let mut line = |suffix: &str, value: &str| {
            if !value.is_empty() {
                out.push_str(&prefix.0);
                out.push_str(suffix);
                out.push_str(": ");
                out.push_str(value);
                out.push_str("\r\n");
            }
        };
        let yes_no = |yes: bool| if yes { "true" } else { "false" };
        line("user-anonymous", yes_no(self.anonymous));
        line("user-verified", yes_no(self.verified));
        line("user-can-reauthenticate", yes_no(self.can_reauthenticate));
        line("user-roles", &self.roles.header_value());
        line("session-amr", &self.amr.join(" "));
        line("session-acr", self.acr.unwrap_or_default());
        line("oauth-client-id", self.grant.client.as_deref().unwrap_or_default());
        out.into_bytes()
    }
}
