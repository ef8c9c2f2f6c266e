//! The rules of each host, ready to be looked up, and what a look-up finds.

use std::borrow::Cow;
use std::net::IpAddr;

use super::compile::Rules;
use super::fold::fold;
use super::judge::{Ruling, Who, Why, judge};
use super::missing::Missing;
use super::rule::{Allow, Rule};
use super::trie::{Index, NONE, Trie};
use crate::decide::Reach;
use crate::original::{Case, HostTable, Original};
use crate::time::Timestamp;
use crate::verdict::Identity;

/// The rules of one host, or of all below one, or of all that no rule names.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Patterns as they are written.
    pub written: Trie,
    /// Patterns in their folded spelling; `None` when that is how they are written.
    pub folded: Option<Trie>,
}

/// All groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub named: HostTable<Group>,
    pub others: Option<Group>,
}

/// What decides a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decides {
    /// There are no rules at all: any user who is not a guest.
    Default,
    /// This rule.
    Rule(Index),
    /// No rule fits.
    Nothing,
    /// Nothing: it differs only in case from what this rule is for.
    Case(Index),
    /// Nothing: its readings are not all decided by one rule.
    Readings,
}

impl Groups {
    pub(super) fn find(&self, rules: &[Rule], original: &Original<'_>) -> Decides {
        let Some(group) = self.named.find(original.host()).or(self.others.as_ref()) else { return Decides::Nothing };
        let (method, case) = (original.method(), original.path_policy().case);
        let found = group.find(rules, original.path(), method, case);
        let all_agree = original.other_readings().all(|path| group.find(rules, path, method, case) == found);
        if all_agree { found } else { Decides::Readings }
    }
}

impl Group {
    fn find(&self, rules: &[Rule], path: &str, method: &str, case: Case) -> Decides {
        let exactly = |path| self.written.find(path, method);
        let folded = || self.folded.as_ref().unwrap_or(&self.written).find(&fold(path), method);
        let found = match case {
            Case::Sensitive => exactly(path),
            Case::Insensitive => folded(),
            Case::Unset => {
                let found = exactly(path);
                // Nearly every path, and nearly every pattern, is written in small letters.
                let is_folded = self.folded.is_none() && matches!(fold(path), Cow::Borrowed(_));
                let other = if is_folded { found } else { folded() };
                if other != NONE && other != found && is_stricter(rules, other, found) {
                    return Decides::Case(other);
                }
                found
            }
        };
        if found == NONE { Decides::Nothing } else { Decides::Rule(found) }
    }
}

/// Whether the rule that a back end would go by that does not look at case keeps people out whom the other lets in.
fn is_stricter(rules: &[Rule], other: Index, found: Index) -> bool {
    let allow = |index: Index| rules.get(index as usize).map(|rule| &rule.allow);
    allow(other).is_some_and(Allow::restricts) && allow(other) != allow(found)
}

/// What the rules say of a request, whoever makes it.
#[derive(Debug, Clone, Copy)]
pub struct Found<'r> {
    pub(super) rules: &'r Rules,
    pub(super) decides: Decides,
}

impl<'r> Found<'r> {
    /// The rule that decides; `None` when no rule fits, when the path has no one reading, or when there are no rules.
    #[must_use]
    pub fn rule(&self) -> Option<&'r Rule> {
        self.index().and_then(|index| self.rules.rules().get(index))
    }

    /// The place of the rule that decides, counted from 0 in the order of the file.
    #[must_use]
    pub const fn index(&self) -> Option<usize> {
        match self.decides {
            Decides::Rule(index) => Some(index as usize),
            Decides::Default | Decides::Nothing | Decides::Case(_) | Decides::Readings => None,
        }
    }

    /// The rule whose path the request's has in another case, when that is why it is refused.
    #[must_use]
    pub const fn differs_in_case_from(&self) -> Option<usize> {
        match self.decides {
            Decides::Case(index) => Some(index as usize),
            Decides::Default | Decides::Nothing | Decides::Rule(_) | Decides::Readings => None,
        }
    }

    /// How much of its user a credential must speak for to count here.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let limited = |rule: &Rule| rule.allow.alternatives().iter().any(|one| one.takes_limited_tokens());
        if self.rule().is_some_and(limited) { Reach::Any } else { Reach::Whole }
    }

    /// What they say of it from this user (`None`: no valid credential) at this address (`None`: not known).
    #[must_use]
    pub fn judge(&self, who: Option<&Identity>, client: Option<IpAddr>, now: Timestamp) -> Ruling {
        self.judge_as(who.map(Who::of).as_ref(), client, now)
    }

    /// The same of a described user.
    #[must_use]
    pub fn judge_as(&self, who: Option<&Who<'_>>, client: Option<IpAddr>, now: Timestamp) -> Ruling {
        match (self.decides, self.rule()) {
            (Decides::Rule(_), Some(rule)) => judge(&rule.allow, who, client, now),
            (Decides::Rule(_), None) | (Decides::Nothing, _) => Ruling::Refuse(Why::NoRule),
            (Decides::Case(_), _) => Ruling::Refuse(Why::Case),
            (Decides::Readings, _) => Ruling::Refuse(Why::Readings),
            (Decides::Default, _) => match who {
                None => Ruling::SignIn,
                Some(who) if !who.facts.grant.is_whole => Ruling::SignIn,
                Some(who) if who.facts.anonymous => Ruling::Refuse(Why::Guest),
                Some(_) => Ruling::Permit,
            },
        }
    }

    /// For each alternative of the rule that decides, what is missing in it; for people, not for the request's path.
    #[must_use]
    pub fn missing(&self, who: Option<&Who<'_>>, client: Option<IpAddr>, now: Timestamp) -> Vec<Vec<Missing<'r>>> {
        let alternatives = self.rule().map(|rule| rule.allow.alternatives()).unwrap_or_default();
        let of = |conditions: &'r super::Conditions| {
            let mut missing = Vec::new();
            conditions.missing(who, client, now, &mut |one| missing.push(one));
            missing
        };
        alternatives.iter().map(of).collect()
    }
}
