//! What a rule says of the one who makes the request.

use std::fmt;
use std::net::IpAddr;

use super::missing::Missing;
use super::rule::Allow;
use crate::account::EmailAddress;
use crate::id::UserId;
use crate::time::{Span, Timestamp};
use crate::verdict::{Facts, Identity, SessionKind};

/// May the request pass?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// Yes.
    Permit,
    /// Not without a valid credential (401).
    SignIn,
    /// Not before the same user has proved themselves again (RFC 9470).
    StepUp(StepUp),
    /// No; signing in would not help (403).
    Refuse(Why),
}

/// What a user must prove again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepUp {
    /// How long ago the authentication may be, when the last one is too old.
    pub max_age: Option<Span>,
    /// The methods that it must have, when one is missing.
    pub amr: Vec<Box<str>>,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No rule of its host fits.
    #[error("no rule fits this host, path and method, and what no rule fits is refused")]
    NoRule,
    /// It differs only in case from a path that a rule restricts.
    #[error("the path differs only in case from one that another rule restricts; set `case` for this host")]
    Case,
    /// It has more readings than one, as `[paths]` allows, and they are not all decided by one rule.
    #[error("the path can be read in more than one way, and the rules do not say the same of all of them")]
    Readings,
    /// Guests may not.
    #[error("guests may not")]
    Guest,
    /// The token does not carry these scopes, and nothing else is missing.
    #[error("the token does not carry {}", .0.join(" "))]
    Scopes(Vec<Box<str>>),
    /// The client's address is in none of the networks, and nothing else is missing.
    #[error("the client's address is not in one of the rule's networks")]
    Network,
    /// The user or the credential is none of those that the rule lets pass.
    #[error("this user or credential is none that the rule lets pass")]
    Other,
}

impl Why {
    /// The scopes that a token should carry, separated by a space, when nothing else is missing.
    #[must_use]
    pub fn missing_scopes(&self) -> Option<String> {
        match self {
            Self::Scopes(scopes) => Some(scopes.join(" ")),
            Self::NoRule | Self::Case | Self::Readings | Self::Guest | Self::Network | Self::Other => None,
        }
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permit => f.write_str("it may pass"),
            Self::SignIn => f.write_str("somebody must sign in"),
            Self::StepUp(StepUp { max_age, amr }) => {
                f.write_str("the user must prove themselves again")?;
                if !amr.is_empty() {
                    write!(f, ", with {}", amr.join(" and "))?;
                }
                max_age.map_or(Ok(()), |age| write!(f, ", at most {} s ago", age.seconds()))
            }
            Self::Refuse(why) => write!(f, "refused: {why}"),
        }
    }
}

/// Who makes a request, as a rule sees them.
#[derive(Debug, Clone, Copy)]
pub struct Who<'w> {
    /// The user.
    pub user: UserId,
    /// The user's verified e-mail address, in its normal form.
    pub email: Option<&'w str>,
    /// What is known of user and session.
    pub facts: &'w Facts,
    /// The last real authentication.
    pub authenticated_at: Timestamp,
}

impl<'w> Who<'w> {
    /// The one whom a valid credential speaks for.
    #[must_use]
    pub fn of(identity: &'w Identity) -> Self {
        let profile = identity.facts().profile.as_ref();
        Self {
            user: identity.user(),
            email: profile.and_then(|profile| profile.email.as_ref()).map(EmailAddress::key),
            facts: identity.facts(),
            authenticated_at: identity.authenticated_at(),
        }
    }

    /// Whether a person is behind it who could come back with a better authentication.
    const fn can_step_up(&self) -> bool {
        match self.facts.grant.kind {
            SessionKind::Cookie | SessionKind::Token => !self.facts.anonymous,
            SessionKind::Api | SessionKind::Machine => false,
        }
    }
}

/// Weighs one who asks against an `allow`.
pub(super) fn judge(allow: &Allow, who: Option<&Who<'_>>, client: Option<IpAddr>, now: Timestamp) -> Ruling {
    match (allow, who) {
        (Allow::Anyone, _) => Ruling::Permit,
        (Allow::AnyUser, Some(who)) if who.facts.grant.is_whole => Ruling::Permit,
        (Allow::AnyUser, Some(_) | None) => Ruling::SignIn,
        (Allow::Any(_), None) => nobody(allow, client, now),
        (Allow::Any(_), Some(who)) => somebody(allow, who, client, now),
    }
}

/// Nobody is signed in: that is worth mending, unless no alternative lets this network in.
fn nobody(allow: &Allow, client: Option<IpAddr>, now: Timestamp) -> Ruling {
    let is_let_in = allow.alternatives().iter().any(|conditions| {
        let mut from_elsewhere = false;
        conditions.missing(None, client, now, &mut |missing| from_elsewhere |= missing == Missing::Network);
        !from_elsewhere
    });
    if is_let_in { Ruling::SignIn } else { Ruling::Refuse(Why::Network) }
}

/// The first alternative that nothing is missing in; else what is nearest to one.
fn somebody(allow: &Allow, who: &Who<'_>, client: Option<IpAddr>, now: Timestamp) -> Ruling {
    let mut nearest: Option<Ruling> = None;
    let mut limited = true;
    for conditions in allow.alternatives() {
        let mut missing = Vec::new();
        conditions.missing(Some(who), client, now, &mut |one| missing.push(one));
        if missing.is_empty() {
            return Ruling::Permit;
        }
        limited &= missing.contains(&Missing::WholeToken);
        let found = verdict_on(&missing, conditions.amr.iter().map(|amr| amr.as_str().into()).collect(), who);
        if nearest.as_ref().is_none_or(|nearest| rank(&found) < rank(nearest)) {
            nearest = Some(found);
        }
    }
    // A token that counts nowhere in the rule is no credential.
    if limited { Ruling::SignIn } else { nearest.unwrap_or(Ruling::Refuse(Why::Other)) }
}

fn verdict_on(missing: &[Missing<'_>], amr: Vec<Box<str>>, who: &Who<'_>) -> Ruling {
    if missing.iter().all(Missing::is_mended_by_step_up) && who.can_step_up() {
        let max_age = missing.iter().find_map(|one| if let Missing::Fresh(age) = one { Some(*age) } else { None });
        let lacks_method = missing.iter().any(|one| matches!(one, Missing::Amr(_)));
        return Ruling::StepUp(StepUp { max_age, amr: if lacks_method { amr } else { Vec::new() } });
    }
    let scopes: Vec<Box<str>> = missing
        .iter()
        .filter_map(|one| if let Missing::Scope(scope) = one { Some((*scope).into()) } else { None })
        .collect();
    Ruling::Refuse(match missing {
        [Missing::Network] => Why::Network,
        [Missing::NotAGuest] => Why::Guest,
        _ if scopes.len() == missing.len() => Why::Scopes(scopes),
        _ => Why::Other,
    })
}

/// What is worth more to know comes first.
const fn rank(ruling: &Ruling) -> u8 {
    match ruling {
        Ruling::Permit => 0,
        Ruling::StepUp(_) => 1,
        Ruling::SignIn => 2,
        Ruling::Refuse(Why::Scopes(_)) => 3,
        Ruling::Refuse(Why::Guest | Why::Network) => 4,
        Ruling::Refuse(Why::NoRule | Why::Case | Why::Readings | Why::Other) => 5,
    }
}
