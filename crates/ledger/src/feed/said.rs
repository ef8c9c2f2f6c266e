//! One thing that a change has made untrue, and how it is written.

use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::table::Forget;

/// What a node must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// Forget.
    Forget(Forget),
    /// Read the signing keys again.
    Keys,
}

impl Said {
    /// What several things are written as: words, separated by spaces.
    pub(crate) fn write(all: &[Self]) -> String {
        let words = all.iter().map(|said| match said {
            Self::Forget(Forget::Session(id)) => format!("session:{id}"),
            Self::Forget(Forget::User(id)) => format!("user:{id}"),
            Self::Forget(Forget::All) => "all".to_owned(),
            Self::Keys => "keys".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Reads them. A word of another version's is taken for everything that there is to forget.
    pub(crate) fn read(text: &str) -> Vec<Self> {
        let read = |word: &str| match word.split_once(':') {
            Some(("session", id)) => SessionId::parse(id).ok().map(|id| Self::Forget(Forget::Session(id))),
            Some(("user", id)) => UserId::parse(id).ok().map(|id| Self::Forget(Forget::User(id))),
            None if word == "all" => Some(Self::Forget(Forget::All)),
            None if word == "keys" => Some(Self::Keys),
            _ => None,
        };
        let read: Option<Vec<Self>> = text.split(' ').filter(|word| !word.is_empty()).map(read).collect();
        read.unwrap_or_else(|| Self::EVERYTHING.to_vec())
    }

    /// What a node does that has missed something.
    pub(crate) const EVERYTHING: [Self; 2] = [Self::Keys, Self::Forget(Forget::All)];
}

#[cfg(test)]
mod tests {
    use vestibule_gate::id::{SessionId, UserId};
    use vestibule_gate::table::Forget;

    use super::Said;

    const ID: &str = "0190a5f8-7b7c-4d4e-8f00-0123456789ab";

    #[test]
    fn what_is_written_is_read() {
        let session = Said::Forget(Forget::Session(SessionId::parse(ID).unwrap()));
        let user = Said::Forget(Forget::User(UserId::parse(ID).unwrap()));
        let all = [session, user, Said::Keys, Said::Forget(Forget::All)];
        assert_eq!(Said::write(&all), format!("session:{ID} user:{ID} keys all"));
        assert_eq!(Said::read(&Said::write(&all)), all);
        assert_eq!(Said::read(""), []);
    }

    #[test]
    fn a_word_of_tomorrow_forgets_everything() {
        for text in ["client:shop", "session:x", "ALL", &format!("user:{ID} whatever")] {
            assert_eq!(Said::read(text), Said::EVERYTHING, "{text}");
        }
    }
}
