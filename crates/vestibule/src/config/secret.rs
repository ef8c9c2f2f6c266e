//! A secret in the configuration: read, handed on, and never shown.

use std::fmt;

use vestibule_ledger::settings::KeySecret;

use super::raw::Raw;
use super::setting::{Setting, Wrong};

/// A secret of at least 32 characters. Prints as its name.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// The text, for whoever needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Setting for Secret {
    const EXPECTED: &'static str = "a text of at least 32 characters, such as `openssl rand -base64 32` prints";
    const IS_SECRET: bool = true;

    /// The message does not repeat what was written.
    fn read(raw: &Raw) -> Result<Self, Wrong> {
        match raw {
            Raw::Text(text) if text.chars().count() >= KeySecret::SHORTEST && !text.chars().any(char::is_control) => {
                Ok(Self(text.as_str().into()))
            }
            _ => Err(format!("expected {}", Self::EXPECTED).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    const SECRET: &str = "correct horse battery staple, twice over";

    fn read(text: &str) -> Result<Config, String> {
        Config::read(Some((Path::new("v.toml"), text)), std::iter::empty()).map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_secret_is_never_shown() {
        let config = read(&format!("[keys]\nsecret = \"{SECRET}\"")).unwrap();
        assert_eq!(config.keys.secret.as_ref().unwrap().expose(), SECRET);
        let all = format!("{config:?} {:?}", config.for_ledger());
        assert!(!all.contains("battery"), "{all}");
        let (.., shown, _) = config.shown.iter().find(|(key, ..)| key == "keys.secret").unwrap();
        assert_eq!(shown.to_string(), "(hidden)");
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        for bad in ["\"short horse\"", "112358", "[\"a horse in a list, long as it may be\"]", "\"\"", "true"] {
            let said = read(&format!("[keys]\nsecret = {bad}")).unwrap_err();
            assert!(said.contains("keys.secret: expected a text of at least 32 characters"), "{said}");
            assert!(!said.contains("horse") && !said.contains("112358"), "{said}");
        }
    }

    #[test]
    fn the_secret_has_one_place() {
        let said = read(&format!("[keys]\nsecret = \"{SECRET}\"\nsecret_file = \"f\"")).unwrap_err();
        assert!(said.contains("keys.secret_file"), "{said}");
    }

    #[test]
    fn too_many_keys_at_once_are_refused() {
        assert!(read("[keys]\nrotate_every = \"0\"\nkeep_for = \"52w\"").is_ok());
        assert!(read("[keys]\nrotate_every = \"1d\"\nkeep_for = \"9d\"").unwrap_err().contains("keys.keep_for"));
        assert!(read("[keys]\nrotate_every = \"30m\"").unwrap_err().contains("keys.rotate_every"));
    }
}
