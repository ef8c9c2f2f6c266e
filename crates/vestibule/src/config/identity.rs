//! How answers say who somebody is: the names of the headers, those that the operator adds, and assertions.

use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::verdict::{ExtraHeader, HeaderValue, IdentityHeaders};
use vestibule_ledger::settings::{AssertionBind, AssertionSettings};

use super::Config;
use super::raw::Raw;
use super::setting::{Setting, Wrong, text_setting, unexpected};

/// `[headers.extra]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraHeaders(pub Vec<ExtraHeader>);

impl Setting for ExtraHeaders {
    const EXPECTED: &'static str =
        "a table of header names, each with what it says, such as `\"Remote-User\" = \"user.email\"`";

    fn read(raw: &Raw) -> Result<Self, Wrong> {
        let pairs: Vec<(String, String)> = match raw {
            Raw::Table(pairs) => pairs.clone(),
            // The environment has no tables: commas part the pairs there.
            Raw::Text(text) => {
                let pair = |item: &str| item.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
                let items = text.split(',').filter(|item| !item.trim().is_empty());
                items.map(pair).collect::<Option<_>>().ok_or_else(|| unexpected::<Self>(raw))?
            }
            other => return Err(unexpected::<Self>(other)),
        };
        let read = |(index, (name, value)): (usize, &(String, String))| {
            let header = HeaderValue::parse(value).and_then(|value| ExtraHeader::new(name, value));
            header.map_err(|error| Wrong { item: Some(index), message: error.to_string() })
        };
        pairs.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }
}

/// How assertions are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssertionAlgorithm(pub SigningAlgorithm);

text_setting!(AssertionAlgorithm, "`ES256` or `EdDSA`", |text: &str| {
    match SigningAlgorithm::parse(text) {
        Ok(algorithm @ (SigningAlgorithm::Es256 | SigningAlgorithm::EdDsa)) => Ok(AssertionAlgorithm(algorithm)),
        // Milliseconds a signature, and a header three times as long.
        Ok(SigningAlgorithm::Rs256) | Err(_) => {
            Err(format!("expected {}, found {text:?}", AssertionAlgorithm::EXPECTED))
        }
    }
});

text_setting!(AssertionBind, "`session` or `request`", |text: &str| {
    let named = [AssertionBind::Session, AssertionBind::Request].into_iter().find(|bind| bind.as_str() == text);
    named.ok_or_else(|| format!("expected {}, found {text:?}", AssertionBind::EXPECTED))
});

impl Config {
    /// Every header by which an answer says who somebody is.
    #[must_use]
    pub fn identity_headers(&self) -> IdentityHeaders {
        let prefix = &self.headers.prefix;
        let headers = IdentityHeaders::new(prefix.clone(), self.headers.extra.0.clone(), self.headers.assertion);
        // `soundness` has refused what would be an error here; and no other header is the safe side.
        headers.unwrap_or_else(|_| prefix.clone().into())
    }

    /// The name of each of them: what every proxy has to set or delete on every way to an application.
    #[must_use]
    pub fn identity_header_names(&self) -> Vec<String> {
        self.identity_headers().names().collect()
    }

    /// How assertions are made; `None` for not at all.
    pub(super) fn assertion_settings(&self) -> Option<AssertionSettings> {
        let headers = &self.headers;
        let audience = headers.assertion_audience.clone().filter(|_| headers.assertion)?;
        let algorithm = headers.assertion_algorithm.0;
        Some(AssertionSettings { algorithm, audience, bind: headers.assertion_bind })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use crate::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(Some((Path::new("v.toml"), text)), std::iter::empty()).map_err(|problems| problems.to_string())
    }

    #[test]
    fn other_names_stand_behind_ours_wherever_names_are_printed() {
        let config = read("[headers.extra]\n\"Remote-User\" = \"user.email\"\nRemote-Groups = \"user.roles\"").unwrap();
        let names = config.identity_header_names();
        assert_eq!(names.len(), 13);
        assert!(names.contains(&"Remote-User".to_owned()) && names.contains(&"x-authgear-assertion".to_owned()));
        assert!(config.for_ledger().profiles, "an address is asked for");
        assert!(!read("[headers.extra]\nRemote-User = \"user.id\"").unwrap().for_ledger().profiles);
        let inline = read("[headers]\nextra = { Remote-User = \"user.id\" }").unwrap();
        assert_eq!(inline.identity_header_names().len(), 12);
    }

    #[test]
    fn the_environment_parts_pairs_by_commas() {
        let variable =
            ("VESTIBULE__HEADERS__EXTRA".into(), OsString::from("Remote-User=user.email, Remote-Groups=user.roles"));
        let config = Config::read(None, std::iter::once(variable)).unwrap();
        assert_eq!(config.identity_header_names().len(), 13);
    }

    #[test]
    fn what_is_wrong_with_a_header_is_said_with_its_line() {
        let table = |lines: &str| format!("[headers.extra]\n{lines}");
        let on = "[headers]\nassertion = true\n";
        for (text, said) in [
            (table("A = \"user.id\"\nHost = \"user.id\""), "v.toml:3: headers.extra[1]: `Host` means something"),
            (table("Remote_User = \"user.id\""), "v.toml:2: headers.extra[0]: `Remote_User` is not a header name"),
            (
                table("Remote-User = \"user.mail\""),
                "v.toml:2: headers.extra[0]: `user.mail` is not a value; these are:",
            ),
            (table("Remote-User = \"user.name\""), "people choose `user.name` themselves"),
            (table("a = \"user.id\"\nA = \"user.id\""), "headers.extra[1]: `a` is there twice"),
            (table("Remote-User = 1"), "v.toml:1: headers.extra: expected a table of header names"),
            (
                "[headers]\nprefix = \"remote-\"\n[headers.extra]\nRemote-User = \"user.id\"".into(),
                "begins like the identity",
            ),
            ("[headers]\nextra = \"x\"".into(), "headers.extra: expected a table"),
            (on.into(), "v.toml:2: headers.assertion: needs `assertion_audience`"),
            (
                format!("{on}assertion_audience = \"http://localhost:8480\""),
                "v.toml:3: headers.assertion_audience: is public_url",
            ),
            (format!("{on}assertion_audience = \"\""), "headers.assertion_audience: expected 1 to 255"),
            (format!("{on}assertion_audience = \"a\"\nassertion_algorithm = \"RS256\""), "expected `ES256` or `EdDSA`"),
            (format!("{on}assertion_audience = \"a\"\nassertion_bind = \"path\""), "expected `session` or `request`"),
        ] {
            let problems = read(&text).unwrap_err();
            assert!(problems.contains(said), "{said} is not in {problems}");
            assert_eq!(problems.lines().count(), 1, "{problems}");
        }
    }
}
