//! What a user must be to pass: one table of `allow`, in which every condition must hold.

use std::fmt;

use super::amr::Amr;
use super::users::Listed;
use crate::account::Role;
use crate::grant::ClientId;
use crate::network::Network;
use crate::time::Span;

/// Conditions that must all hold. An empty list, `false` and `None` ask for nothing, but that guests pass only where
/// `anonymous` is `Some(true)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// Is one of these users.
    pub users: Vec<Listed>,
    /// Has one of these roles.
    pub any_role: Vec<Role>,
    /// Has all of these roles.
    pub all_roles: Vec<Role>,
    /// Owns a verified address.
    pub verified: bool,
    /// `Some(true)`: is a guest. `Some(false)` and `None`: is none.
    pub anonymous: Option<bool>,
    /// Signed in with all of these methods.
    pub amr: Vec<Amr>,
    /// Authenticated at most this long ago.
    pub max_age: Option<Span>,
    /// Sends a token that carries all of these scopes.
    pub scopes: Vec<Box<str>>,
    /// Sends a token of one of these clients.
    pub clients: Vec<ClientId>,
    /// Asks from one of these networks.
    pub networks: Vec<Network>,
}

impl Conditions {
    /// Whether nothing at all is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a token counts that does not speak for its user as a whole.
    #[must_use]
    pub fn takes_limited_tokens(&self) -> bool {
        !self.scopes.is_empty() || !self.clients.is_empty()
    }

    /// Whether the user must be a guest.
    #[must_use]
    pub const fn wants_guests(&self) -> bool {
        matches!(self.anonymous, Some(true))
    }

    /// The conditions that a guest can never meet, by their keys.
    pub(super) fn never_met_by_guests(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("users", !self.users.is_empty()),
            ("any_role", !self.any_role.is_empty()),
            ("all_roles", !self.all_roles.is_empty()),
            ("verified", self.verified),
            ("amr", !self.amr.is_empty()),
            ("max_age", self.max_age.is_some()),
        ];
        all.into_iter().filter_map(|(key, is_set)| is_set.then_some(key))
    }
}

impl fmt::Display for Conditions {
    /// As it is written in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        list(&mut parts, "users", &self.users);
        list(&mut parts, "any_role", &self.any_role);
        list(&mut parts, "all_roles", &self.all_roles);
        if self.verified {
            parts.push("verified = true".to_owned());
        }
        parts.extend(self.anonymous.map(|guests| format!("anonymous = {guests}")));
        list(&mut parts, "amr", &self.amr);
        parts.extend(self.max_age.map(|age| format!("max_age = \"{}s\"", age.seconds())));
        list(&mut parts, "scopes", &self.scopes);
        list(&mut parts, "clients", &self.clients);
        list(&mut parts, "networks", &self.networks);
        write!(f, "{{ {} }}", parts.join(", "))
    }
}

fn list<T: fmt::Display>(parts: &mut Vec<String>, key: &str, items: &[T]) {
    if !items.is_empty() {
        let items: Vec<String> = items.iter().map(|item| format!("{:?}", item.to_string())).collect();
        parts.push(format!("{key} = [{}]", items.join(", ")));
    }
}
