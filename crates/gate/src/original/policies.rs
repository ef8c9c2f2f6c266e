//! `[paths]`: which lines of the list in [`super::path`] are relaxed for which host, and whether its application tells
//! `/ADMIN` from `/admin`.
//!
//! Only a line that an application can need and that can still be judged may be relaxed. A path that uses a relaxed line
//! is judged in every reading that it has ([`super::readings`]) and passes only if all of them fall under one rule; what
//! remains is the application's own business, as between `/x;a` and `/x` under the same rule. Never relaxed: `.` and
//! `..` (every program resolves them somewhere), `\` and `%5c` (a `/` on Windows and for some libraries), control
//! characters and `%00` (C programs end a path there, regular expressions end a line there), raw non-ASCII bytes (their
//! encoding is anybody's guess), a bad `%`, `#`, and `//` at the beginning (a host, for whoever resolves it as a URL).

use std::fmt;

use super::host_table::{HostPattern, HostTable};

/// A line of the list that `[paths]` can relax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Line {
    /// `;`: matrix parameters, which Java's servers cut off and most others keep.
    Semicolon,
    /// `//` behind the beginning: merged by some, an empty segment for others.
    DoubleSlash,
    /// `%2e`: a dot within a longer name. A segment that is `.` or `..` stays refused.
    EncodedDot,
    /// `%2f`: a `/` within a name (package registries, forges), or a separator for whoever decodes first.
    EncodedSlash,
    /// `%25`: a `%`, and the beginning of anything for whoever decodes twice.
    EncodedPercent,
    /// `%23`: a `#` within a name.
    EncodedHash,
    /// `%3b`: a `;`, see there.
    EncodedSemicolon,
    /// `%3f`: a `?` within a name.
    EncodedQuestion,
    /// `%80`: encoded bytes that are not UTF-8, such as Latin-1. Overlong forms of `/` and `.` are among them.
    NotUtf8,
}

impl Line {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Semicolon,
        Self::DoubleSlash,
        Self::EncodedDot,
        Self::EncodedSlash,
        Self::EncodedPercent,
        Self::EncodedHash,
        Self::EncodedSemicolon,
        Self::EncodedQuestion,
        Self::NotUtf8,
    ];

    /// As it is written in `allow`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semicolon => ";",
            Self::DoubleSlash => "//",
            Self::EncodedDot => "%2e",
            Self::EncodedSlash => "%2f",
            Self::EncodedPercent => "%25",
            Self::EncodedHash => "%23",
            Self::EncodedSemicolon => "%3b",
            Self::EncodedQuestion => "%3f",
            Self::NotUtf8 => "%80",
        }
    }

    /// Reads a word of `allow`; hexadecimal digits in any case.
    ///
    /// # Errors
    /// [`LineError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let known = Self::ALL.into_iter().find(|line| line.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| match text {
            "." | ".." | "\\" | "#" => LineError::Never(text.into()),
            _ if ["%5c", "%00"].iter().any(|never| never.eq_ignore_ascii_case(text)) => LineError::Never(text.into()),
            _ => LineError::Unknown(text.chars().take(32).collect()),
        })
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("encoded bytes that are not UTF-8"),
            line => write!(f, "`{}`", line.as_str()),
        }
    }
}

/// Why a word of `allow` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A line that nobody may relax.
    #[error("`{0}` can never be allowed in a path: programs read it in different ways, and no rule could hold")]
    Never(Box<str>),
    /// Not a line of the list.
    #[error(
        "`{0}` is not a line of the list; allowed are `;`, `//`, `%2e`, `%2f`, `%25`, `%23`, `%3b`, `%3f` and `%80`"
    )]
    Unknown(Box<str>),
}

/// Whether an application tells `/ADMIN` from `/admin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Case {
    /// Nobody has said: a path that differs only in case from a pattern that restricts is refused.
    #[default]
    Unset,
    /// It does.
    Sensitive,
    /// It does not (Express, IIS).
    Insensitive,
}

/// How the paths of one host are read. By default nothing is relaxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PathPolicy {
    allowed: u16,
    /// Whether its application tells `/ADMIN` from `/admin`.
    pub case: Case,
}

impl PathPolicy {
    /// The same, with these lines relaxed.
    #[must_use]
    pub fn allowing(self, lines: impl IntoIterator<Item = Line>) -> Self {
        let allowed = lines.into_iter().fold(self.allowed, |allowed, line| allowed | line.bit());
        Self { allowed, ..self }
    }

    /// The same, for an application that treats case so.
    #[must_use]
    pub const fn with_case(self, case: Case) -> Self {
        Self { case, ..self }
    }

    /// Whether no line is relaxed.
    pub(super) const fn is_strict(self) -> bool {
        self.allowed == 0
    }

    /// Whether this line is relaxed.
    #[must_use]
    pub const fn allows(self, line: Line) -> bool {
        self.allowed & line.bit() != 0
    }
}

/// The policies of all hosts: that of the exact host, else that of the longest `*.suffix`, else the strict one.
#[derive(Debug, Clone, Default)]
pub struct PathPolicies(HostTable<PathPolicy>);

impl PathPolicies {
    /// The policy for these hosts. Returns the one that they had before, which a configuration never has twice.
    pub fn set(&mut self, hosts: HostPattern, policy: PathPolicy) -> Option<PathPolicy> {
        self.0.insert(hosts, policy)
    }

    /// The policy for a host by its name: lower case, without port.
    #[must_use]
    pub fn of(&self, host: &str) -> PathPolicy {
        self.0.find(host).copied().unwrap_or_default()
    }

    /// Every policy that a host can have, the strict one among them.
    pub fn all(&self) -> impl Iterator<Item = PathPolicy> {
        std::iter::once(PathPolicy::default()).chain(self.0.values().copied())
    }
}

impl FromIterator<(HostPattern, PathPolicy)> for PathPolicies {
    fn from_iter<I: IntoIterator<Item = (HostPattern, PathPolicy)>>(policies: I) -> Self {
        Self(policies.into_iter().collect())
    }
}
