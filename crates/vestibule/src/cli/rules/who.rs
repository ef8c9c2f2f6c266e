//! Who makes the request of a row.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use vestibule_gate::account::Roles;
use vestibule_gate::grant::{ClientId, Scopes};
use vestibule_gate::id::UserId;
use vestibule_gate::rules::Listed;
use vestibule_gate::time::{Span, Timestamp};

use crate::config::duration::Duration;
use crate::explain::{Proof, Subject};

/// As it is written.
#[derive(Debug, Default)]
pub(super) enum Whom {
    /// Nobody is signed in.
    #[default]
    Anonymous,
    /// A guest.
    Guest,
    /// A user.
    User(Described),
}

/// A user, and how they are signed in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    user: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    verified: bool,
    amr: Option<Vec<String>>,
    age: Option<String>,
    client: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl Whom {
    /// What rules see of them; `None` for nobody.
    pub(super) fn subject(self, now: Timestamp) -> Result<Option<Subject>, String> {
        match self {
            Self::Anonymous => Ok(None),
            Self::Guest => Ok(Some(Subject::guest(NOBODY_S))),
            Self::User(described) => described.subject(now).map(Some),
        }
    }
}

impl Described {
    fn subject(self, now: Timestamp) -> Result<Subject, String> {
        let (user, email) = match self.user.as_deref().map(Listed::parse).transpose()? {
            None => (NOBODY_S, None),
            Some(Listed::Id(user)) => (user, None),
            Some(Listed::Email(email)) => (NOBODY_S, Some(email)),
        };
        let roles = Roles::parse(self.roles.iter().map(String::as_str)).map_err(|error| error.to_string())?;
        let amr = match self.amr {
            None => vec!["pwd"],
            Some(amr) => amr.iter().map(|method| known(method)).collect::<Result<_, _>>()?,
        };
        let age = match self.age.as_deref() {
            None => Span::from_seconds(0),
            Some(age) => Duration::parse(age)?.0,
        };
        let client = self.client.as_deref().map(ClientId::parse).transpose().map_err(|error| error.to_string())?;
        let scopes = Scopes::parse(&self.scopes.join(" ")).map_err(|error| error.to_string())?;
        let proof = if client.is_none() && self.scopes.is_empty() {
            Proof::Session(amr)
        } else {
            Proof::Token { amr, client: client.map(|id| id.as_str().into()), scope: scopes.as_text().into() }
        };
        let mut subject = Subject::user(user, roles, proof, now.minus(age));
        subject.facts.verified = self.verified;
        // Rules see an address only of somebody who has it verified.
        subject.email = email.filter(|_| self.verified);
        Ok(subject)
    }
}

/// A method that a session can have.
fn known(method: &str) -> Result<&'static str, String> {
    let found = METHODS.into_iter().find(|known| *known == method);
    found.ok_or_else(|| format!("amr: no sign-in gives `{method}`; there are `{}`", METHODS.join("`, `")))
}

const METHODS: [&str; 6] = ["pwd", "otp", "sms", "hwk", "mfa", "x_api_token"];

/// The id of somebody who has none, which no rule lists.
const NOBODY_S: UserId = UserId::from_uuid(uuid::Uuid::nil());

impl<'d> Deserialize<'d> for Whom {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WhomVisitor)
    }
}

struct WhomVisitor;

impl<'d> Visitor<'d> for WhomVisitor {
    type Value = Whom;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "`\"anonymous\"`, `\"guest\"` or a table such as `{ user = \"ada@example.com\", roles = [\"staff\"] }`",
        )
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Whom, E> {
        match word {
            "anonymous" => Ok(Whom::Anonymous),
            "guest" => Ok(Whom::Guest),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }

    fn visit_map<A: MapAccess<'d>>(self, map: A) -> Result<Whom, A::Error> {
        Described::deserialize(MapAccessDeserializer::new(map)).map(Whom::User)
    }
}
