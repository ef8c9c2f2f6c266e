//! A rule as the operator means it: for which requests, and whom it lets pass.

use std::fmt;

use super::conditions::Conditions;
use super::method::HttpMethod;
use super::pattern::PathPattern;
use crate::original::HostPattern;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What logs and `explain` call it.
    pub name: Option<Box<str>>,
    /// Its hosts; none: every host that no rule names.
    pub hosts: Vec<HostPattern>,
    /// Its paths; none: every path.
    pub paths: Vec<PathPattern>,
    /// Its methods; none: every method.
    pub methods: Vec<HttpMethod>,
    /// Whom it lets pass.
    pub allow: Allow,
}

impl fmt::Display for Rule {
    /// Its name, or what it is for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        let list = |items: Vec<String>, all: &str| if items.is_empty() { all.to_owned() } else { items.join(" ") };
        let methods = list(self.methods.iter().map(ToString::to_string).collect(), "every method");
        let hosts = list(self.hosts.iter().map(ToString::to_string).collect(), "other hosts");
        let paths = list(self.paths.iter().map(ToString::to_string).collect(), "every path");
        write!(f, "{methods}, {hosts}, {paths}")
    }
}

/// Whom a rule lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allow {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in, guests included.
    AnyUser,
    /// Whoever meets all the conditions of one of these.
    Any(Vec<Conditions>),
}

impl Allow {
    /// Whether anybody is kept out.
    #[must_use]
    pub const fn restricts(&self) -> bool {
        match self {
            Self::Anyone => false,
            Self::AnyUser | Self::Any(_) => true,
        }
    }

    /// The conditions of each alternative; none where being a user, or anybody, suffices.
    #[must_use]
    pub fn alternatives(&self) -> &[Conditions] {
        match self {
            Self::Anyone | Self::AnyUser => &[],
            Self::Any(all) => all,
        }
    }

    pub(super) fn alternatives_mut(&mut self) -> &mut [Conditions] {
        match self {
            Self::Anyone | Self::AnyUser => &mut [],
            Self::Any(all) => all,
        }
    }
}

impl fmt::Display for Allow {
    /// As it is written in the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("\"anyone\""),
            Self::AnyUser => f.write_str("\"any user\""),
            Self::Any(all) => match all.as_slice() {
                [one] => one.fmt(f),
                several => {
                    let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                    write!(f, "[{}]", several.join(", "))
                }
            },
        }
    }
}
