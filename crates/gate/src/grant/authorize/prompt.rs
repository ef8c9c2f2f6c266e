//! `prompt`: what the client wants the person to be asked (OpenID Connect Core section 3.1.2.1).

use super::super::refused::{ErrorCode, Refused};

/// What the person is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prompt {
    /// Nothing was said: what is needed.
    #[default]
    Unsaid,
    /// Nothing at all: no page may be shown.
    None,
    /// At least this.
    Ask(Asks),
}

/// What a client wants the person to be asked, needed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asks {
    /// Prove yourself again.
    pub login: bool,
    /// Allow it again.
    pub consent: bool,
    /// Say which account.
    pub select_account: bool,
    /// Make an account (Initiating User Registration 1.0).
    pub create: bool,
}

impl Prompt {
    /// The values that discovery may announce.
    pub const VALUES: [&'static str; 5] = ["none", "login", "consent", "select_account", "create"];

    pub(super) fn read(text: Option<&str>) -> Result<Self, Refused> {
        let words = || text.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
        let has = |word| words().any(|other| other == word);
        if has("none") {
            let alone = words().all(|word| word == "none");
            let refused = Refused::new(ErrorCode::InvalidRequest, "prompt cannot have none and something else");
            return if alone { Ok(Self::None) } else { Err(refused) };
        }
        let asks = Asks {
            login: has("login"),
            consent: has("consent"),
            select_account: has("select_account"),
            create: has("create"),
        };
        // A word that we do not know asks for nothing that we could do.
        Ok(if asks == Asks::default() { Self::Unsaid } else { Self::Ask(asks) })
    }

    /// Whether no page may be shown.
    #[must_use]
    pub const fn is_none(self) -> bool {
        matches!(self, Self::None)
    }

    /// What was asked for; nothing where nothing was said or may be asked.
    #[must_use]
    pub fn asks(self) -> Asks {
        match self {
            Self::Unsaid | Self::None => Asks::default(),
            Self::Ask(asks) => asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Asks, Prompt};

    #[test]
    fn none_stands_alone() {
        assert_eq!(Prompt::read(Some("none")), Ok(Prompt::None));
        for bad in ["none login", "consent none", "none x"] {
            assert!(Prompt::read(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_word_is_heard_and_others_are_not() {
        let asks = Asks { login: true, consent: true, ..Asks::default() };
        assert_eq!(Prompt::read(Some("consent login")), Ok(Prompt::Ask(asks)));
        assert!(Prompt::read(Some("select_account create")).unwrap().asks().create);
        assert_eq!(Prompt::read(None), Ok(Prompt::Unsaid));
        assert_eq!(Prompt::read(Some("x LOGIN")), Ok(Prompt::Unsaid));
    }

    proptest! {
        #[test]
        fn none_is_never_mixed(words in prop::collection::vec("(none|login|consent|select_account|create|x)", 0..5)) {
            let read = Prompt::read(Some(&words.join(" ")));
            let none = words.iter().any(|word| word == "none");
            prop_assert_eq!(read.is_err(), none && words.iter().any(|word| word != "none"));
            prop_assert!(read.is_err() || read.unwrap().is_none() == none);
        }
    }
}
