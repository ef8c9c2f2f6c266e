//! Rules that can be looked up. Compiling refuses what no operator can have meant, with the place.

use super::build::Builder;
use super::error::RuleError;
use super::groups::{Decides, Found, Groups};
use super::lint;
use super::rule::Rule;
use super::users::Listed;
use crate::original::{Original, PathPolicies};

/// The rules in force, and how paths are read for them.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    policies: PathPolicies,
    groups: Groups,
}

impl Rules {
    /// No rules: any user who is not a guest may do anything.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Makes rules ready to be looked up.
    ///
    /// # Errors
    /// Everything that is wrong with them, in their order.
    pub fn compile(mut rules: Vec<Rule>, policies: PathPolicies) -> Result<Self, Vec<RuleError>> {
        let mut wrong: Vec<RuleError> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            lint::rule(rule, &policies, &mut |part, fault| wrong.push(RuleError { rule: index, part, fault }));
        }
        let (groups, dead) = Builder::new(&rules, &policies).groups();
        wrong.extend(dead);
        if !wrong.is_empty() {
            wrong.sort_by_key(|error| error.rule);
            return Err(wrong);
        }
        for conditions in rules.iter_mut().flat_map(|rule| rule.allow.alternatives_mut()) {
            // They are looked up by bisection.
            conditions.users.sort();
        }
        Ok(Self { rules, policies, groups })
    }

    /// How paths are read for each host.
    #[must_use]
    pub const fn policies(&self) -> &PathPolicies {
        &self.policies
    }

    /// The rules in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What decides a request. Costs the same however many rules there are.
    #[must_use]
    pub fn find(&self, original: &Original<'_>) -> Found<'_> {
        let decides = if self.rules.is_empty() { Decides::Default } else { self.groups.find(&self.rules, original) };
        Found { rules: self, decides }
    }

    /// Whether a rule names this host, by itself or with a `*.`.
    #[must_use]
    pub fn names_host(&self, host: &str) -> bool {
        self.groups.named.find(host).is_some()
    }

    /// Whether any rule asks for an e-mail address.
    #[must_use]
    pub fn needs_profiles(&self) -> bool {
        let asks = |rule: &Rule| {
            let mut listed = rule.allow.alternatives().iter().flat_map(|conditions| &conditions.users);
            listed.any(|listed| matches!(listed, Listed::Email(_)))
        };
        self.rules.iter().any(asks)
    }
}
