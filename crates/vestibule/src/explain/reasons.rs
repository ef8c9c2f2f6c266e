//! Which rule decided, where it stands, and why it says what it says.

use std::net::IpAddr;

use vestibule_gate::original::Unreadable;
use vestibule_gate::rules::{Allow, Found, Rule, Who};
use vestibule_gate::time::Timestamp;

use super::outcome::Outcome;
use crate::config::raw::Origin;

/// A decision, and its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasons {
    /// What becomes of the request.
    pub outcome: Outcome,
    /// The same in a sentence.
    pub ruling: String,
    /// The rule that decided, by its key and name; `None` when none did.
    pub rule: Option<String>,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where it stands.
    pub place: Option<String>,
    /// Why, a line for each alternative of the rule.
    pub why: Vec<String>,
}

impl Reasons {
    /// What the rules say, and why. `who`: the one whose credential counts.
    #[must_use]
    pub fn of(
        found: &Found<'_>,
        who: Option<&Who<'_>>,
        client: Option<IpAddr>,
        now: Timestamp,
        places: &[Origin],
    ) -> Self {
        let ruling = found.judge_as(who, client, now);
        let outcome = Outcome::of(&ruling);
        let place_of = |index: usize| places.get(index).map(ToString::to_string);
        let why = match (found.rule(), found.differs_in_case_from()) {
            (Some(rule), _) => weighed(rule, found, outcome, who, client, now),
            (None, Some(other)) => {
                let place = place_of(other).map(|place| format!(" at {place}")).unwrap_or_default();
                vec![format!("rules[{other}]{place} has this path in another case")]
            }
            (None, None) if places.is_empty() => {
                vec!["there are no rules, and without any every user may pass who is not a guest".to_owned()]
            }
            (None, None) => Vec::new(),
        };
        let rule = found.index().zip(found.rule());
        Self {
            outcome,
            ruling: ruling.to_string(),
            name: rule.and_then(|(_, rule)| rule.name.as_deref().map(str::to_owned)),
            place: rule.and_then(|(index, _)| place_of(index)),
            rule: rule.map(|(index, rule)| label(index, rule)),
            why,
        }
    }

    /// A request that is refused because it cannot be read.
    #[must_use]
    pub fn unreadable(why: &Unreadable) -> Self {
        Self {
            outcome: Outcome::Refuse,
            ruling: format!("refused: {why}"),
            rule: None,
            name: None,
            place: None,
            why: Vec::new(),
        }
    }

    /// Rule, place and reasons in one line.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let by = match (&self.rule, &self.place) {
            (Some(rule), Some(place)) => format!("{rule} at {place}"),
            (Some(rule), None) => rule.clone(),
            (None, _) => "no rule".to_owned(),
        };
        let why = if self.why.is_empty() { self.ruling.clone() } else { self.why.join("; ") };
        format!("{by}: {why}")
    }
}

/// How messages name a rule.
#[must_use]
pub fn label(index: usize, rule: &Rule) -> String {
    match &rule.name {
        Some(name) => format!("rules[{index}] (\"{name}\")"),
        None => format!("rules[{index}]"),
    }
}

fn weighed(
    rule: &Rule,
    found: &Found<'_>,
    outcome: Outcome,
    who: Option<&Who<'_>>,
    client: Option<IpAddr>,
    now: Timestamp,
) -> Vec<String> {
    let allow = &rule.allow;
    let alternatives = match allow {
        Allow::Anyone => return vec!["allow = \"anyone\"".to_owned()],
        Allow::AnyUser if outcome == Outcome::Pass => return vec!["allow = \"any user\"".to_owned()],
        Allow::AnyUser => return vec!["allow = \"any user\": no credential counts".to_owned()],
        Allow::Any(alternatives) => alternatives,
    };
    let missing = found.missing(who, client, now);
    let met = |index: usize| missing.get(index).is_some_and(Vec::is_empty);
    if outcome == Outcome::Pass
        && let Some((_, first)) = alternatives.iter().enumerate().find(|(index, _)| met(*index))
    {
        return vec![format!("allow = {first}: all of it is met")];
    }
    let line = |(conditions, missing): (&_, &Vec<_>)| {
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        format!("allow = {conditions}: {}", missing.join(", "))
    };
    alternatives.iter().zip(&missing).map(line).collect()
}
