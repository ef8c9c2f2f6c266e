//! What is wrong with rules that are well written each.

/// What is wrong with a rule, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct RuleError {
    /// Which rule, counted from 0 in the order of the file.
    pub rule: usize,
    /// Which part of it.
    pub part: Part,
    /// What is wrong.
    pub fault: Fault,
}

/// A part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// An item of `hosts`.
    Host(usize),
    /// An item of `paths`.
    Path(usize),
    /// An item of `methods`.
    Method(usize),
    /// One of the alternatives of `allow`, and a condition in it; the empty key is the alternative itself.
    Allow(usize, &'static str),
}

/// An earlier rule: its place, counted from 0, and its name.
pub type Earlier = (usize, Option<Box<str>>);

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Stands there already.
    #[error("`{0}` stands there twice; leave one of them out")]
    Double(String),
    /// No request ever has this path.
    #[error("no request ever has the path `{path}`: {why}")]
    Unreachable {
        /// The pattern.
        path: String,
        /// Why, and what to write.
        why: String,
    },
    /// Everything that it is for is decided earlier.
    #[error(
        "can never match: {} comes first and decides all of it; put this rule in front of that one, or leave it out",
        label(.0)
    )]
    NeverMatches(Earlier),
    /// An earlier rule says something else of the same requests.
    #[error(
        "contradicts {}, which is for the same hosts, paths and methods and allows others; keep one of them, or make one \
         rule with a list in `allow`",
        label(.0)
    )]
    Contradicts(Earlier),
    /// Another pattern for the host spells a segment in another case.
    #[error(
        "`{path}` and `{other}` of {} are spelled in two cases, and nothing says whether the application cares; write \
         `case = \"sensitive\"` or `case = \"insensitive\"` in `[paths.\"{}\"]`{}",
        label(.earlier), .host.as_deref().unwrap_or("app.example.com"),
        if .host.is_some() { "" } else { ", and `hosts` in these rules" }
    )]
    Case {
        /// The pattern.
        path: String,
        /// The other pattern.
        other: String,
        /// The host of both; `None`: all that no rule names.
        host: Option<String>,
        /// Where the other one stands.
        earlier: Earlier,
    },
    /// A list without tables.
    #[error("is empty, so nobody could pass; write `\"any user\"`, or say what a user must be")]
    NoAlternatives,
    /// A table without conditions.
    #[error("is a table without conditions; write `\"any user\"`, or say what a user must be")]
    NoConditions,
    /// Only guests, and something that no guest has.
    #[error("`anonymous = true` means guests only, and no guest ever meets `{0}`; make a list of two tables")]
    GuestsNever(&'static str),
}

impl Fault {
    /// The other rule that has to do with it, counted from 0.
    #[must_use]
    pub const fn earlier(&self) -> Option<usize> {
        match self {
            Self::NeverMatches((index, _)) | Self::Contradicts((index, _)) | Self::Case { earlier: (index, _), .. } => {
                Some(*index)
            }
            Self::Double(_)
            | Self::Unreachable { .. }
            | Self::NoAlternatives
            | Self::NoConditions
            | Self::GuestsNever(_) => None,
        }
    }
}

/// How messages name a rule: by its key, and its name if it has one.
fn label((index, name): &Earlier) -> String {
    match name {
        Some(name) => format!("rules[{index}] (\"{name}\")"),
        None => format!("rules[{index}]"),
    }
}
