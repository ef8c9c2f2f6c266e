//! Values that an operator writes: on the command line, or on the line of JSON between two processes. Read into the
//! types of the gate where they arrive, so that no command can hold a bad one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vestibule_gate::account::{DisplayName, EmailAddress, Password, Role};
use vestibule_gate::grant::{ClientId, ClientKind, Scopes};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::token::jwt::{KeyId, SigningAlgorithm};
use vestibule_ledger::UserRef;

/// A value that has one written form.
pub trait Text: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Why it is none, in words.
    fn read(text: &str) -> Result<Self, String>;

    /// Writes it so that [`Text::read`] reads the same.
    fn write(&self) -> String;
}

/// A value read from its written form. Shows of itself what the value shows: a password only its name.
#[derive(Debug, Clone)]
pub struct Written<T>(pub T);

impl<T: Text> FromStr for Written<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        T::read(text).map(Self)
    }
}

impl<T: Text> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.write())
    }
}

impl<'d, T: Text> Deserialize<'d> for Written<T> {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(&String::deserialize(deserializer)?).map(Self).map_err(serde::de::Error::custom)
    }
}

macro_rules! text {
    ($type:ty, $write:expr) => {
        impl Text for $type {
            fn read(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| error.to_string())
            }

            fn write(&self) -> String {
                let write: fn(&Self) -> String = $write;
                write(self)
            }
        }
    };
}

text!(EmailAddress, |email| email.shown().to_owned());
text!(DisplayName, |name| name.as_str().to_owned());
text!(Role, |role| role.as_str().to_owned());
text!(Password, |password| password.expose().to_owned());
text!(UserId, |id| id.to_string());
text!(SessionId, |id| id.to_string());
text!(ClientId, |id| id.as_str().to_owned());
text!(Scopes, |scopes| scopes.as_text());
text!(KeyId, |id| id.as_str().to_owned());
text!(SigningAlgorithm, |algorithm| algorithm.as_str().to_owned());
text!(UserRef, |who| match who {
    UserRef::Id(id) => id.to_string(),
    UserRef::Email(email) => email.shown().to_owned(),
});

impl Text for ClientKind {
    fn read(text: &str) -> Result<Self, String> {
        let kinds = || Self::ALL.map(Self::as_str).join("`, `");
        Self::parse(text).ok_or_else(|| format!("a client is one of `{}`", kinds()))
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }
}

/// Text that nobody else should read, such as a file with password hashes. Prints as its name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}
