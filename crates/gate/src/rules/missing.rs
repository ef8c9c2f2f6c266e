//! What one set of conditions misses in one request.

use std::fmt;
use std::net::IpAddr;

use super::conditions::Conditions;
use super::judge::Who;
use super::users::lists;
use crate::time::{Span, Timestamp};

/// A condition that is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing<'r> {
    /// Nobody is signed in.
    Credential,
    /// The token does not speak for its user as a whole, and neither scopes nor clients are asked for.
    WholeToken,
    /// Is a guest.
    NotAGuest,
    /// Is no guest.
    Guest,
    /// Is none of the users.
    User,
    /// Has none of the roles.
    AnyRole(&'r Conditions),
    /// Has not this role.
    Role(&'r str),
    /// Has no verified address.
    Verified,
    /// Did not use this method.
    Amr(&'r str),
    /// Authenticated too long ago.
    Fresh(Span),
    /// The token does not carry this scope.
    Scope(&'r str),
    /// The token is of none of the clients.
    Client,
    /// The address is in none of the networks, or is not known.
    Network,
}

impl Missing<'_> {
    /// Whether the same user can mend it by proving themselves again.
    #[must_use]
    pub const fn is_mended_by_step_up(&self) -> bool {
        matches!(self, Self::Amr(_) | Self::Fresh(_))
    }
}

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credential => f.write_str("nobody is signed in"),
            Self::WholeToken => {
                f.write_str("the token is limited, and only `scopes` or `clients` let such tokens count")
            }
            Self::NotAGuest => f.write_str("anonymous: the user is a guest"),
            Self::Guest => f.write_str("anonymous: the user is not a guest"),
            Self::User => f.write_str("users: the user is not in the list"),
            Self::AnyRole(conditions) => {
                let roles: Vec<&str> = conditions.any_role.iter().map(crate::account::Role::as_str).collect();
                write!(f, "any_role: the user has none of {}", roles.join(", "))
            }
            Self::Role(role) => write!(f, "all_roles: the user has not {role}"),
            Self::Verified => f.write_str("verified: the user has no verified address"),
            Self::Amr(amr) => write!(f, "amr: the user did not sign in with {amr}"),
            Self::Fresh(age) => write!(f, "max_age: the user authenticated more than {} s ago", age.seconds()),
            Self::Scope(scope) => write!(f, "scopes: no token with {scope}"),
            Self::Client => f.write_str("clients: no token of one of the clients"),
            Self::Network => f.write_str("networks: the client's address is in none of them, or not known"),
        }
    }
}

impl Conditions {
    /// Tells each condition that is not met. Tells nothing when all are.
    pub(super) fn missing<'r>(
        &'r self,
        who: Option<&Who<'_>>,
        client: Option<IpAddr>,
        now: Timestamp,
        tell: &mut dyn FnMut(Missing<'r>),
    ) {
        let is_inside = |address: IpAddr| self.networks.iter().any(|network| network.contains(address));
        if !self.networks.is_empty() && !client.is_some_and(is_inside) {
            tell(Missing::Network);
        }
        match who {
            None => tell(Missing::Credential),
            Some(who) => {
                self.missing_in_user(who, tell);
                self.missing_in_credential(who, now, tell);
            }
        }
    }

    fn missing_in_user<'r>(&'r self, who: &Who<'_>, tell: &mut dyn FnMut(Missing<'r>)) {
        let facts = who.facts;
        let has = |role: &crate::account::Role| facts.roles.iter().any(|other| other == role);
        match (self.wants_guests(), facts.anonymous) {
            (true, false) => tell(Missing::Guest),
            (false, true) => tell(Missing::NotAGuest),
            (true, true) | (false, false) => {}
        }
        if !self.users.is_empty() && !lists(&self.users, who.user, who.email) {
            tell(Missing::User);
        }
        if !self.any_role.is_empty() && !self.any_role.iter().any(has) {
            tell(Missing::AnyRole(self));
        }
        for role in self.all_roles.iter().filter(|role| !has(role)) {
            tell(Missing::Role(role.as_str()));
        }
        if self.verified && !facts.verified {
            tell(Missing::Verified);
        }
    }

    fn missing_in_credential<'r>(&'r self, who: &Who<'_>, now: Timestamp, tell: &mut dyn FnMut(Missing<'r>)) {
        let facts = who.facts;
        if !facts.grant.is_whole && !self.takes_limited_tokens() {
            tell(Missing::WholeToken);
        }
        for amr in self.amr.iter().filter(|amr| !facts.amr.contains(&amr.as_str())) {
            tell(Missing::Amr(amr.as_str()));
        }
        if let Some(age) = self.max_age
            && (who.authenticated_at == Timestamp::NEVER || now.since(who.authenticated_at) > age)
        {
            tell(Missing::Fresh(age));
        }
        for scope in self.scopes.iter().filter(|scope| !facts.grant.has_scope(scope)) {
            tell(Missing::Scope(scope));
        }
        let client = facts.grant.client.as_deref();
        if !self.clients.is_empty() && !self.clients.iter().any(|one| Some(one.as_str()) == client) {
            tell(Missing::Client);
        }
    }
}
