//! A whole explanation, as `vestibule explain` prints it and as the trace header has it in short.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use vestibule_gate::original::{Original, Unreadable};

use super::credentials::Credentials;
use super::outcome::Outcome;
use super::reasons::Reasons;

/// What was asked, who asked, what decided, and what was ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What rules see of the request: method, host and path in the one form. `None` when it cannot be read.
    pub request: Option<String>,
    /// The credential that counted.
    pub credential: String,
    /// The others, each with the reason.
    pub ignored: Vec<String>,
    /// Where the client is, if that is known.
    pub address: Option<IpAddr>,
    /// The rule that decided, if one did.
    pub rule: Option<String>,
    /// Where it stands.
    pub place: Option<String>,
    /// Why it says so.
    pub why: Vec<String>,
    /// What becomes of the request.
    pub verdict: Outcome,
    /// The same in a sentence.
    pub ruling: String,
    /// What the rules that are tried (`shadow_rules`) would say, with the rule and why; `None` when none are tried.
    pub tried: Option<String>,
}

impl Explanation {
    /// Puts the pieces together.
    #[must_use]
    pub fn new(original: &Original<'_>, credentials: Credentials, address: Option<IpAddr>, reasons: Reasons) -> Self {
        let request = format!("{} {}{}", original.method(), original.host(), original.path());
        Self { request: Some(request), address, ..Self::of(credentials, reasons) }
    }

    /// With what the rules that are tried would say.
    #[must_use]
    pub fn beside(self, tried: &Reasons) -> Self {
        let said = format!("{} ({}), by {}", tried.outcome, tried.outcome.status(), tried.in_one_line());
        Self { tried: Some(said), ..self }
    }

    /// A request that is refused before anybody looks at who makes it.
    #[must_use]
    pub fn unreadable(why: &Unreadable) -> Self {
        let credentials = Credentials { counted: "not looked at".to_owned(), ignored: Vec::new() };
        Self::of(credentials, Reasons::unreadable(why))
    }

    fn of(credentials: Credentials, reasons: Reasons) -> Self {
        let Credentials { counted, ignored } = credentials;
        let Reasons { outcome, ruling, rule, place, why, .. } = reasons;
        let (request, address) = (None, None);
        let (verdict, tried) = (outcome, None);
        Self { request, credential: counted, ignored, address, rule, place, why, verdict, ruling, tried }
    }

    /// In one line of printable ASCII, cut where a proxy's buffer may end.
    #[must_use]
    pub fn in_one_line(&self) -> String {
        let mut parts = vec![format!("{} ({})", self.verdict, self.verdict.status())];
        parts.push(format!("rule: {}", self.by()));
        parts.push(if self.why.is_empty() { self.ruling.clone() } else { self.why.join(", or ") });
        parts.push(format!("credential: {}", self.credential));
        parts.extend(self.tried.iter().map(|tried| format!("shadow rules: {tried}")));
        parts.extend(self.ignored.iter().map(|one| format!("ignored: {one}")));
        let printable = |c: char| if matches!(c, ' '..='~') { c } else { '?' };
        parts.join(" | ").chars().map(printable).take(LONGEST_LINE).collect()
    }

    fn by(&self) -> String {
        match (&self.rule, &self.place) {
            (Some(rule), Some(place)) => format!("{rule} at {place}"),
            (Some(rule), None) => rule.clone(),
            (None, _) => "none".to_owned(),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, value: &str| writeln!(f, "{name:<11} {value}");
        line("request", self.request.as_deref().unwrap_or("it cannot be read"))?;
        line("address", &self.address.map_or_else(|| "not known".to_owned(), |address| address.to_string()))?;
        line("credential", &self.credential)?;
        self.ignored.iter().try_for_each(|ignored| line("ignored", ignored))?;
        line("rule", &self.by())?;
        self.why.iter().try_for_each(|why| line("because", why))?;
        line("verdict", &format!("{} ({}): {}", self.verdict, self.verdict.status(), self.ruling))?;
        self.tried.iter().try_for_each(|tried| line("shadow", tried))
    }
}

/// Headers of an answer share 4 KiB with the identity headers in nginx's usual buffer.
const LONGEST_LINE: usize = 1000;
