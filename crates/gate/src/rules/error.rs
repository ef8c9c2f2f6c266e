//! What is wrong with rules that are well written each.

use super::rule::Rule;

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
    /// One of the alternatives of `allow`, and a condition in it.
    Allow(usize, &'static str),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Stands there already.
    #[error("`{0}` stands here twice; leave one of them out")]
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
        "can never match: {} decides all of it before; put this rule in front of that one, or leave it out",
        label(*.earlier, .name.as_deref())
    )]
    NeverMatches {
        /// The earlier rule, counted from 0.
        earlier: usize,
        /// Its name.
        name: Option<Box<str>>,
    },
    /// An earlier rule says something else of the same requests.
    #[error(
        "contradicts {}, which is for the same hosts, paths and methods and allows somebody else; keep one of them, or \
         make one rule with a list in `allow`",
        label(*.earlier, .name.as_deref())
    )]
    Contradicts {
        /// The earlier rule, counted from 0.
        earlier: usize,
        /// Its name.
        name: Option<Box<str>>,
    },
    /// Another rule of the host spells a segment in another case.
    #[error(
        "`{path}` and `{other}` of {} differ in case, and nothing says whether the application cares; write `case = \
         \"sensitive\"` or `case = \"insensitive\"` in `[paths.\"{host}\"]`",
        label(*.earlier, .name.as_deref())
    )]
    Case {
        /// The pattern.
        path: String,
        /// The other pattern.
        other: String,
        /// The host of both.
        host: String,
        /// The other rule, counted from 0.
        earlier: usize,
        /// Its name.
        name: Option<Box<str>>,
    },
    /// A table without conditions.
    #[error("is a table without conditions; write `\"any user\"`, or say what a user must be")]
    NoConditions,
    /// Only guests, and something that no guest has.
    #[error("`anonymous = true` means guests, and no guest can meet `{0}`; write two tables in a list")]
    GuestsNever(&'static str),
}

/// How messages name a rule: the first is rule 1.
pub(super) fn label(index: usize, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("rule {} (\"{name}\")", index + 1),
        None => format!("rule {}", index + 1),
    }
}

pub(super) fn name(rule: &Rule) -> Option<Box<str>> {
    rule.name.clone()
}
