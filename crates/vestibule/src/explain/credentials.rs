//! Which of the credentials that came along counted, and why the others did not. Names them by where they came; a secret is
//! never told.

use vestibule_gate::claims::{Claims, Credential, MAX_CANDIDATES, Source};
use vestibule_gate::decide::Reach;
use vestibule_gate::rules::Who;
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::{Identity, SessionKind, Verdict};
use vestibule_ledger::Ledger;

/// What came of the credentials of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The one that counted, and whom it speaks for; or that none did.
    pub counted: String,
    /// The others, each with the reason.
    pub ignored: Vec<String>,
}

impl Credentials {
    /// Looks at each credential by itself. `verdict` is what they came to together, `reach` what the rule asks for. What
    /// memory has lost since is not looked up again.
    #[must_use]
    pub fn of(ledger: &Ledger, claims: &Claims<'_>, verdict: &Verdict, reach: Reach, now: Timestamp) -> Self {
        let winner = verdict.identity();
        let counted = match winner {
            Some(identity) => {
                format!("{}: {}", named(ledger, identity.source()), described(&Who::of(identity), now, Some(identity)))
            }
            None if verdict.is_anonymous() => "none came along".to_owned(),
            None => "none counts".to_owned(),
        };
        let mut ignored = Vec::new();
        if claims.has_too_many() {
            ignored.push(format!("all: there are more than {MAX_CANDIDATES} different ones"));
            return Self { counted, ignored };
        }
        for candidate in claims.candidates() {
            if let Some(why) = why_ignored(ledger, candidate, winner, reach, now) {
                ignored.push(format!("{}: {why}", named(ledger, candidate.source)));
            }
        }
        let is_bearer = |candidate: &Credential<'_>| candidate.source == Source::Bearer;
        if claims.has(Source::Bearer) && !claims.candidates().iter().any(is_bearer) {
            let why = "there is more than one, or it is not `Bearer` and one token";
            ignored.push(format!("the Authorization header: {why}"));
        }
        Self { counted, ignored }
    }
}

impl Credentials {
    /// One that is only assumed.
    #[must_use]
    pub fn assumed(who: &Who<'_>, now: Timestamp) -> Self {
        Self::none(&format!("assumed: {}", described(who, now, None)))
    }

    /// None, with the reason.
    #[must_use]
    pub fn none(why: &str) -> Self {
        Self { counted: why.to_owned(), ignored: Vec::new() }
    }
}

/// Somebody in words: ids, roles and how they signed in.
fn described(who: &Who<'_>, now: Timestamp, identity: Option<&Identity>) -> String {
    let facts = who.facts;
    let mut said = format!("user {}", who.user);
    if let Some(identity) = identity {
        said.push_str(&format!(", session {}", identity.session()));
    }
    let mut add = |part: String| {
        said.push_str(", ");
        said.push_str(&part);
    };
    if facts.anonymous {
        add("a guest".to_owned());
    }
    add(if facts.verified { "verified" } else { "not verified" }.to_owned());
    if !facts.roles.is_empty() {
        add(format!("roles {}", facts.roles.header_value()));
    }
    if who.authenticated_at != Timestamp::NEVER {
        add(format!("authenticated {} s ago", now.since(who.authenticated_at).seconds()));
    }
    if !facts.amr.is_empty() {
        add(format!("amr {}", facts.amr.join(" ")));
    }
    let grant = &facts.grant;
    match grant.kind {
        SessionKind::Cookie => {}
        SessionKind::Token => add("a token of a client".to_owned()),
        SessionKind::Api => add("an API token".to_owned()),
        SessionKind::Machine => add("a machine's token".to_owned()),
    }
    if let Some(client) = &grant.client {
        add(format!("client {client}"));
    }
    if !grant.scope.is_empty() {
        add(format!("scopes {}", grant.scope));
    }
    if !grant.is_whole {
        add("limited".to_owned());
    }
    said
}

/// Where a credential comes from.
fn named(ledger: &Ledger, source: Source) -> String {
    match ledger.settings().cookies.of(source) {
        Some(cookie) => format!("the cookie `{cookie}`"),
        None => "the bearer token".to_owned(),
    }
}

/// Why a credential did not count; `None` for the one that did.
fn why_ignored(
    ledger: &Ledger,
    candidate: &Credential<'_>,
    winner: Option<&Identity>,
    reach: Reach,
    now: Timestamp,
) -> Option<String> {
    let source = candidate.source;
    let Some(alone) = ledger.live().answer_from_memory(&Claims::only(*candidate), now, Reach::Any) else {
        return Some("it could not be looked at again".to_owned());
    };
    let Some(own) = alone.identity() else {
        let may_be_jwt = source.accepts_jwt() && candidate.value.starts_with(b"ey");
        let is_shaped = may_be_jwt || source.kind_of(candidate.value).is_some();
        return Some(if is_shaped {
            "not valid: it has ended, was revoked, or is none of ours".to_owned()
        } else {
            "not in the form of a secret that counts under this name".to_owned()
        });
    };
    if reach == Reach::Whole && !own.grant().is_whole {
        let asks = "the rule asks for neither `scopes` nor `clients`, so a token that is limited to some is none here";
        return Some(format!("{asks} ({})", described(&Who::of(own), now, None)));
    }
    match winner {
        Some(winner) if winner.session() == own.session() && winner.source() == source => None,
        Some(winner) => Some(format!("valid, but {} comes first", named(ledger, winner.source()))),
        None => Some(format!("valid for user {}, but contradicted by another one, so that none counts", own.user())),
    }
}
