//! Scopes: an ordered set of words (RFC 6749 section 3.3), and which of them a client may ask for.
//! An unknown scope is refused and not left out: a client that was given less than it asked for may not look.

use crate::account::PROFILE_CLAIMS;
use std::fmt;

use super::client::Client;

/// The request is one of OpenID Connect. Every authorization for a code has it.
pub const OPENID: &str = "openid";
/// Name, picture and the like.
pub const PROFILE: &str = "profile";
/// The e-mail address, and whether it is verified.
pub const EMAIL: &str = "email";
/// The postal address.
pub const ADDRESS: &str = "address";
/// The phone number, and whether it is verified.
pub const PHONE: &str = "phone";
/// A refresh token.
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Everything that the person can do, as Authgear's clients ask for it.
pub const FULL_ACCESS: &str = "https://authgear.com/scopes/full-access";
/// Everything that is known of the person, as Authgear's clients ask for it.
pub const FULL_USERINFO: &str = "https://authgear.com/scopes/full-userinfo";

/// What this server knows itself. The scopes of a client's own registration come on top.
pub const SUPPORTED: [&str; 8] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS, FULL_ACCESS, FULL_USERINFO];

/// The most scopes in one request.
const MAX_SCOPES: usize = 32;
/// The longest text, in bytes.
const MAX_BYTES: usize = 2000;

/// Why scopes are refused. In characters that an `error_description` may have (RFC 6749 section 4.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeError {
    /// A character that no scope has.
    Syntax,
    /// More than 32, or more than 2,000 bytes.
    TooMany,
    /// One that neither this server nor the client's registration knows.
    Unknown,
    /// One that is known, but not for this client.
    NotForThisClient,
}

impl ScopeError {
    /// What the client's developer is told.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Syntax => "scope has a character that no scope can have",
            Self::TooMany => "scope has more than 32 scopes or 2000 bytes",
            Self::Unknown => "scope names one that is not known",
            Self::NotForThisClient => "scope names one that this client may not have",
        }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl std::error::Error for ScopeError {}

/// Scopes in the order of their first mention, each once; at most 32, and 2,000 bytes as text.
#[derive(Debug, Clone, Default)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads a list with spaces between; the empty text is the empty set.
    ///
    /// # Errors
    /// [`ScopeError::Syntax`] or [`ScopeError::TooMany`].
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.len() > MAX_BYTES {
            return Err(ScopeError::TooMany);
        }
        let mut scopes: Vec<String> = Vec::new();
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            if !token.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\')) {
                return Err(ScopeError::Syntax);
            }
            if scopes.iter().any(|known| known == token) {
                continue;
            }
            if scopes.len() == MAX_SCOPES {
                return Err(ScopeError::TooMany);
            }
            scopes.push(token.to_owned());
        }
        Ok(Self(scopes))
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// As a client sends it and the store keeps it: with one space between.
    #[must_use]
    pub fn as_text(&self) -> String {
        self.0.join(" ")
    }

    /// Whether all of them are among the others: a refresh can only narrow (RFC 6749 section 6).
    #[must_use]
    pub fn is_subset_of(&self, others: &Self) -> bool {
        self.iter().all(|scope| others.contains(scope))
    }

    /// With one scope more.
    #[must_use]
    pub(super) fn with(mut self, scope: &str) -> Self {
        if !self.contains(scope) {
            self.0.push(scope.to_owned());
        }
        self
    }

    /// These without one.
    #[must_use]
    pub fn without(&self, scope: &str) -> Self {
        Self(self.0.iter().filter(|own| *own != scope).cloned().collect())
    }

    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a client may ask for all of them.
    ///
    /// # Errors
    /// [`ScopeError::Unknown`], or [`ScopeError::NotForThisClient`] for full access and all that is known of a person.
    pub fn allowed_for(&self, client: &Client) -> Result<(), ScopeError> {
        for scope in self.iter() {
            if matches!(scope, FULL_ACCESS | FULL_USERINFO) {
                // Before the client's own scopes: a registration that lists them does not make a third party first.
                if !client.may_have_full_access() {
                    return Err(ScopeError::NotForThisClient);
                }
            } else if !SUPPORTED.contains(&scope) && client.scopes.iter().all(|own| own != scope) {
                return Err(ScopeError::Unknown);
            }
        }
        Ok(())
    }
}

/// The scope that opens a claim about a person (OpenID Connect Core section 5.4); `None` for a claim about the token, and for
/// one that nobody knows.
#[must_use]
pub fn of_claim(name: &str) -> Option<&'static str> {
    match name {
        "email" | "email_verified" => Some(EMAIL),
        "address" => Some(ADDRESS),
        "phone_number" | "phone_number_verified" => Some(PHONE),
        "name" | "preferred_username" | "updated_at" => Some(PROFILE),
        _ => PROFILE_CLAIMS.contains(&name).then_some(PROFILE),
    }
}

/// Sets are equal when each is in the other; the order is only remembered.
impl PartialEq for Scopes {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.is_subset_of(other)
    }
}

impl Eq for Scopes {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::client;
    use super::super::kind::ClientKind;
    use super::{FULL_ACCESS, FULL_USERINFO, SUPPORTED, ScopeError, Scopes};

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text).unwrap()
    }

    #[test]
    fn a_set_has_each_scope_once_and_no_order() {
        assert_eq!(scopes("openid  email openid").as_text(), "openid email");
        assert_eq!(scopes("email openid"), scopes("openid email"));
        assert_ne!(scopes("email"), scopes("openid email"));
        assert_eq!(scopes("openid email").without("email"), scopes("openid"));
        assert!(scopes("").is_empty() && scopes(" ").is_empty());
        assert!(scopes("email").is_subset_of(&scopes("openid email")));
        assert!(!scopes("openid email").is_subset_of(&scopes("email")), "a refresh never widens");
    }

    #[test]
    fn a_scope_cannot_break_a_list_or_a_description() {
        for bad in ["open\"id", "open\\id", "open\nid", "open\tid", "öpenid", "a\u{7f}"] {
            assert_eq!(Scopes::parse(bad), Err(ScopeError::Syntax), "{bad:?}");
        }
        let many = |count: usize| (0..count).map(|n| format!("s{n} ")).collect::<String>();
        assert!(Scopes::parse(&many(32)).is_ok());
        assert_eq!(Scopes::parse(&many(33)), Err(ScopeError::TooMany));
        assert_eq!(Scopes::parse(&"a".repeat(2001)), Err(ScopeError::TooMany));
    }

    #[test]
    fn an_unknown_scope_is_refused_and_not_left_out() {
        for kind in ClientKind::ALL {
            let client = client(kind);
            assert_eq!(scopes("openid profile email address phone offline_access").allowed_for(&client), Ok(()));
            assert_eq!(scopes("openid orders:read").allowed_for(&client), Ok(()));
            assert_eq!(scopes("openid orders:write").allowed_for(&client), Err(ScopeError::Unknown));
        }
    }

    #[test]
    fn a_registration_that_lists_full_access_does_not_give_it() {
        let mut third = client(ClientKind::ThirdParty);
        third.scopes = vec![FULL_ACCESS.to_owned(), FULL_USERINFO.to_owned()];
        third.full_access = true;
        for full in [FULL_ACCESS, FULL_USERINFO] {
            assert_eq!(scopes(full).allowed_for(&third), Err(ScopeError::NotForThisClient));
            assert_eq!(scopes(full).allowed_for(&client(ClientKind::Confidential)), Err(ScopeError::NotForThisClient));
            assert_eq!(scopes(full).allowed_for(&client(ClientKind::Spa)), Ok(()));
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[ -~]{0,80}") {
            if let Ok(read) = Scopes::parse(&text) {
                prop_assert_eq!(scopes(&read.as_text()).as_text(), read.as_text());
                prop_assert!(read.iter().all(|scope| text.split(' ').any(|word| word == scope)));
            }
        }

        #[test]
        fn what_is_allowed_is_known(words in prop::collection::vec("[a-z:]{1,12}", 0..6)) {
            let read = scopes(&words.join(" "));
            let spa = client(ClientKind::Spa);
            let known = read.iter().all(|scope| SUPPORTED.contains(&scope) || scope == "orders:read");
            prop_assert_eq!(read.allowed_for(&spa).is_ok(), known);
        }
    }
}
