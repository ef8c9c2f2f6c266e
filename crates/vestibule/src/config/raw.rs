//! A value as it was written, before anybody knows what it should be, and where it was written.

use std::fmt;
use std::path::PathBuf;

use vestibule_gate::token::opaque::TokenHash;

/// A value in the forms that settings have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Nothing: an optional setting that is not set.
    Absent,
    /// Text. The environment has only this.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Switch(bool),
    /// A list of texts.
    List(Vec<String>),
    /// What is more than that, as it would be written; only where settings are shown.
    Written(String),
    /// A table of texts, under their names.
    Table(Vec<(String, String)>),
    /// What no setting takes, in words.
    Other(&'static str),
    /// A secret, where settings are shown: no more than its hash, so that a change is noticed.
    Hidden(TokenHash),
}

impl Raw {
    /// The same for everybody's eyes.
    pub(super) fn hidden(&self) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Text(_)
            | Self::Number(_)
            | Self::Switch(_)
            | Self::List(_)
            | Self::Written(_)
            | Self::Table(_)
            | Self::Other(_)
            | Self::Hidden(_) => Self::Hidden(TokenHash::of(self.to_string().as_bytes())),
        }
    }
}

impl fmt::Display for Raw {
    /// As it would be written in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("(not set)"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Written(text) => f.write_str(text),
            Self::Other(what) => f.write_str(what),
            Self::Hidden(_) => f.write_str("(hidden)"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Switch(switch) => write!(f, "{switch}"),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Table(pairs) if pairs.is_empty() => f.write_str("{}"),
            Self::Table(pairs) => {
                let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name:?} = {value:?}")).collect();
                write!(f, "{{ {} }}", pairs.join(", "))
            }
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
        }
    }
}

/// What is wrong with one setting: where, which, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written.
    pub origin: Origin,
    /// The key, as `section.name`; empty when the file as a whole is meant.
    pub key: String,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = match &self.origin {
            Origin::Default => "configuration".to_owned(),
            other => other.to_string(),
        };
        if self.key.is_empty() {
            write!(f, "{origin}: {}", self.message)
        } else {
            write!(f, "{origin}: {}: {}", self.key, self.message)
        }
    }
}

/// Everything that is wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}
