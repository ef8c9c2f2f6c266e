//! The ids of users and sessions: UUIDs that cannot be taken for one another.
//! They are minted in the ledger; here they are only read and shown, always in lower case (RFC 9562 section 4).

use std::fmt;

use uuid::Uuid;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a UUID; write it as 8-4-4-4-12 hexadecimal digits")]
pub struct NotAnId(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that the ledger has just minted or read.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Reads the hyphenated form, in any case. Other spellings of a UUID (braces, `urn:uuid:`, no hyphens)
            /// are refused, so that one id has one spelling.
            ///
            /// # Errors
            /// [`NotAnId`] for anything else, and for the nil and the max UUID.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                let refused = || NotAnId(text.chars().take(64).collect());
                if text.len() != 36 {
                    return Err(refused());
                }
                let uuid = Uuid::try_parse(text).map_err(|_| refused())?;
                if uuid.is_nil() || uuid.is_max() { Err(refused()) } else { Ok(Self(uuid)) }
            }

            /// Appends the 36 lower-case characters without allocating.
            pub fn write(&self, out: &mut Vec<u8>) {
                let mut text = [0_u8; 36];
                out.extend_from_slice(self.0.hyphenated().encode_lower(&mut text).as_bytes());
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }
    };
}

id! {
    /// Names a user for ever: applications use it as their foreign key. A lower-case UUID, version 7 when minted here.
    UserId
}
id! {
    /// Names a session (not a secret: it is shown in lists and logs). A lower-case UUID, version 7.
    SessionId
}

#[cfg(test)]
mod tests {
    use super::UserId;

    #[test]
    fn one_id_has_one_spelling() {
        let id = UserId::parse("0190A5F8-7B7C-7D4E-8F00-0123456789AB").unwrap();
        assert_eq!(id.to_string(), "0190a5f8-7b7c-7d4e-8f00-0123456789ab");
        let mut out = Vec::new();
        id.write(&mut out);
        assert_eq!(out, id.to_string().into_bytes());
        for bad in ["", "0190a5f87b7c7d4e8f000123456789ab", "{0190a5f8-7b7c-7d4e-8f00-0123456789ab}", "x"] {
            assert!(UserId::parse(bad).is_err(), "{bad}");
        }
        assert!(UserId::parse("00000000-0000-0000-0000-000000000000").is_err());
    }
}
