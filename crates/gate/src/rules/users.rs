//! Users that a rule lists: by id, or by an e-mail address that they have proved to be theirs.

use std::fmt;

use crate::account::EmailAddress;
use crate::id::UserId;

/// Whom an entry of `users` means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed {
    /// This user.
    Id(UserId),
    /// Whoever owns this address: its normal form ([`EmailAddress::key`]).
    Email(Box<str>),
}

impl Listed {
    /// Reads an id or an address.
    ///
    /// # Errors
    /// What to write, in words for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return EmailAddress::parse(text)
                .map(|email| Self::Email(email.key().into()))
                .map_err(|error| format!("`{text}` is not an e-mail address: {error}"));
        }
        UserId::parse(text).map(Self::Id).map_err(|_| {
            format!("`{text}` is neither a user's id nor an e-mail address; `vestibule user list` shows both")
        })
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Email(email) => f.write_str(email),
        }
    }
}

/// Whether a sorted list names this user.
pub(super) fn lists(sorted: &[Listed], user: UserId, email: Option<&str>) -> bool {
    let by_email = |email: &str| {
        sorted.binary_search_by(|listed| match listed {
            Listed::Id(_) => std::cmp::Ordering::Less,
            Listed::Email(listed) => (**listed).cmp(email),
        })
    };
    sorted.binary_search(&Listed::Id(user)).is_ok() || email.is_some_and(|email| by_email(email).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Listed, lists};
    use crate::id::UserId;

    #[test]
    fn a_user_is_listed_by_id_or_by_address_in_any_spelling() {
        let id = |n: u128| UserId::from_uuid(uuid::Uuid::from_u128(n));
        let mut sorted = vec![Listed::parse("Ada@Example.com").unwrap(), Listed::Id(id(7)), Listed::Id(id(3))];
        sorted.sort();
        assert!(lists(&sorted, id(3), None) && lists(&sorted, id(7), None));
        assert!(lists(&sorted, id(1), Some("ada@example.com")));
        assert!(!lists(&sorted, id(1), Some("eve@example.com")) && !lists(&sorted, id(1), None));
        for bad in ["", "ada", "ada@", "a@b@c", "0190a5f87b7c7d4e8f000123456789ab"] {
            assert!(Listed::parse(bad).is_err(), "{bad}");
        }
    }
}
