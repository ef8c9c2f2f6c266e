//! What is known of a person besides their name and their e-mail address: the standard claims of OpenID Connect Core
//! section 5.1 that an operator may set. A closed list: what is not on it has no place to go.

use std::collections::BTreeMap;

/// The longest value, in bytes.
const MAX_VALUE: usize = 300;

/// The claims that are texts. Those of the address have its name in front.
pub const NAMES: [&str; 18] = [
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "address.formatted",
    "address.street_address",
    "address.locality",
    "address.region",
    "address.postal_code",
    "address.country",
];

/// Why a claim is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not on the list.
    #[error("`{0}` is not a claim that can be set; these can: {list}", list = NAMES.join(", "))]
    Name(String),
    /// Too long, or not a text.
    #[error("a claim's value has up to {MAX_VALUE} bytes and no control characters")]
    Value,
    /// A phone number in another form.
    #[error("a phone number begins with `+` and has 7 to 15 digits: `+441632960961` (E.164)")]
    Phone,
}

/// A person's claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile(BTreeMap<&'static str, String>);

impl Profile {
    /// Sets a claim; an empty value takes it away.
    ///
    /// # Errors
    /// [`ProfileError`], in words for the operator.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ProfileError> {
        let known = NAMES.into_iter().find(|known| *known == name);
        let name = known.ok_or_else(|| ProfileError::Name(name.chars().take(64).collect()))?;
        let value = value.trim();
        if value.len() > MAX_VALUE || value.chars().any(|c| c.is_control() && c != '\n') {
            return Err(ProfileError::Value);
        }
        if value.is_empty() {
            self.0.remove(name);
            return Ok(());
        }
        if name == "phone_number" && !is_phone_number(value) {
            return Err(ProfileError::Phone);
        }
        self.0.insert(name, value.to_owned());
        Ok(())
    }

    /// The claims that are there, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NAMES, Profile, ProfileError};

    #[test]
    fn only_what_is_on_the_list_is_kept() {
        let mut profile = Profile::default();
        profile.set("given_name", " Ada ").unwrap();
        profile.set("address.country", "UK").unwrap();
        profile.set("phone_number", "+441632960961").unwrap();
        let all: Vec<_> = profile.iter().collect();
        assert_eq!(all, [("address.country", "UK"), ("given_name", "Ada"), ("phone_number", "+441632960961")]);
        profile.set("given_name", "").unwrap();
        assert_eq!(profile.iter().count(), 2);
        for name in ["sub", "email", "email_verified", "roles", "address", "Given_name", ""] {
            assert!(matches!(profile.set(name, "x"), Err(ProfileError::Name(_))), "{name}");
        }
        for phone in ["0163", "+44 1632", "441632960961", "+"] {
            assert_eq!(profile.set("phone_number", phone), Err(ProfileError::Phone), "{phone}");
        }
        assert_eq!(profile.set("nickname", "a\u{7}"), Err(ProfileError::Value));
    }

    proptest! {
        #[test]
        fn any_text_is_kept_or_refused(index in 0_usize..18, value in ".{0,400}") {
            let mut profile = Profile::default();
            let set = profile.set(NAMES[index], &value);
            prop_assert!(set.is_ok() || profile.is_empty());
        }
    }
}
