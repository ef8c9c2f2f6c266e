//! Role keys: `[a-z0-9][a-z0-9_.:-]{0,63}`, so that a role can never break a header, a list or a rule.

use std::fmt;

/// The longest key, in bytes.
const MAX_KEY: usize = 64;
/// The longest list, in bytes with its commas: the head of an answer stays under nginx's default buffer.
pub(crate) const MAX_LIST: usize = 1500;

/// Why a role or a list of roles is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// Not `[a-z0-9][a-z0-9_.:-]{0,63}`.
    #[error(
        "`{0}` is not a role; a role is up to 64 of a-z, 0-9, `_`, `.`, `:` and `-`, and begins with a letter or digit"
    )]
    Key(String),
    /// The list would be longer than 1,500 bytes.
    #[error("a user's roles take at most 1,500 bytes together, commas included; these take {0}")]
    List(usize),
}

/// One role key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(Box<str>);

impl Role {
    /// Reads one key.
    ///
    /// # Errors
    /// [`RoleError::Key`] when it is not of the form.
    pub fn parse(text: &str) -> Result<Self, RoleError> {
        let first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let rest = |b: u8| first(b) || matches!(b, b'_' | b'.' | b':' | b'-');
        let bytes = text.as_bytes();
        let well_formed =
            bytes.len() <= MAX_KEY && bytes.first().copied().is_some_and(first) && bytes.iter().copied().all(rest);
        if well_formed { Ok(Self(text.into())) } else { Err(RoleError::Key(text.chars().take(80).collect())) }
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user's roles: sorted, each once, at most 1,500 bytes as a comma-separated list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Reads keys in any order; repeated ones count once.
    ///
    /// # Errors
    /// [`RoleError`] for the first key that is none, or for a list that is too long.
    pub fn parse<'t>(keys: impl IntoIterator<Item = &'t str>) -> Result<Self, RoleError> {
        let mut roles = keys.into_iter().map(Role::parse).collect::<Result<Vec<_>, _>>()?;
        roles.sort();
        roles.dedup();
        let bytes = roles.iter().map(|role| role.0.len() + 1).sum::<usize>().saturating_sub(1);
        if bytes > MAX_LIST { Err(RoleError::List(bytes)) } else { Ok(Self(roles)) }
    }

    /// Reads what [`Roles::header_value`] wrote; the empty text is the empty list.
    ///
    /// # Errors
    /// [`RoleError`] as in [`Roles::parse`].
    pub fn parse_list(list: &str) -> Result<Self, RoleError> {
        Self::parse(list.split(',').filter(|key| !key.is_empty()))
    }

    /// The roles in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The comma-separated list, without spaces: the value of `user-roles`, and what the store keeps.
    #[must_use]
    pub fn header_value(&self) -> String {
        self.0.iter().map(Role::as_str).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Role, RoleError, Roles};

    #[test]
    fn header_injection_by_role_is_refused() {
        for bad in ["", "A", "a,b", "a b", "a\r\nx-authgear-user-id: 1", "-a", "é", &"a".repeat(65)] {
            assert!(matches!(Role::parse(bad), Err(RoleError::Key(_))), "{bad:?}");
        }
        for good in ["a", "0", "billing:admin", "a_b.c-d", &"a".repeat(64)] {
            assert!(Role::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_list_is_sorted_unique_and_bounded() {
        let roles = Roles::parse(["b", "a", "b"]).unwrap();
        assert_eq!(roles.header_value(), "a,b");
        let many: Vec<String> = (0..24).map(|n| format!("{n:02}{}", "x".repeat(62))).collect();
        assert_eq!(Roles::parse(many.iter().map(String::as_str)).unwrap_err(), RoleError::List(24 * 65 - 1));
        assert!(Roles::parse(many.iter().take(23).map(String::as_str)).is_ok());
        assert!(Roles::parse_list("").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn a_list_survives_the_store(keys in proptest::collection::vec("[a-z0-9][a-z0-9_.:-]{0,10}", 0..20)) {
            let roles = Roles::parse(keys.iter().map(String::as_str)).unwrap();
            prop_assert_eq!(Roles::parse_list(&roles.header_value()).unwrap(), roles);
        }
    }
}
