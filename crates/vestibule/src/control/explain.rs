//! Why a request may pass, or not: asked of the running server, since only it knows which rules are in force.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use vestibule_gate::claims::Claims;
use vestibule_gate::original::Original;
use vestibule_gate::time::Timestamp;
use vestibule_ledger::{User, UserRef};

use super::perform::{find, refusal};
use super::reply::{Refusal, Reply};
use super::written::{Sealed, Written};
use crate::explain::{Credentials, Explanation, Proof, Reasons, Subject, asked};
use crate::resolver::{Policy, Resolver, passage::Passage};

/// A request that is to be explained.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Question {
    /// Its method.
    pub method: String,
    /// Its URL, as the client would send it.
    pub url: String,
    /// Where the client is.
    pub address: Option<IpAddr>,
    /// Who makes it.
    pub by: By,
}

/// Who makes a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Nobody is signed in.
    Nobody,
    /// Whoever has these cookies: a whole Cookie line.
    Cookie(Sealed),
    /// Whoever has this token.
    Bearer(Sealed),
    /// This user, if they had signed in this moment.
    User(Written<UserRef>),
}

/// Explains. Looking at a credential is a use of its session, as a request would be.
pub(super) async fn explain(resolver: &Resolver, question: &Question) -> Result<Reply, Refusal> {
    let policy = resolver.policy();
    let original = match asked(&question.method, &question.url, policy.rules.policies()) {
        Ok(original) => original,
        Err(why) => return Ok(Reply::Explained(Explanation::unreadable(&why))),
    };
    let lines: Option<(&[u8], String)> = match &question.by {
        By::Nobody => None,
        By::Cookie(line) => Some((b"cookie", line.0.clone())),
        By::Bearer(token) => Some((b"authorization", format!("Bearer {}", token.0))),
        By::User(who) => {
            let ledger = resolver.ledger();
            let user = find(ledger, &who.0).await?;
            let explained = of_user(&user, &policy, &original, question.address, ledger.now());
            return Ok(Reply::Explained(explained));
        }
    };
    let headers = lines.iter().map(|(name, value)| (*name, value.as_bytes()));
    let claims = Claims::read(headers, &resolver.ledger().settings().cookies);
    let passage = Passage { policy, original, claims, client: question.address };
    let now = resolver.now();
    let weighed = resolver.weigh(&passage, now).await.map_err(refusal)?;
    Ok(Reply::Explained(resolver.explain(&passage, &weighed.verdict, now)))
}

fn of_user(
    user: &User,
    policy: &Policy,
    original: &Original<'_>,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Explanation {
    let found = policy.rules.find(original);
    let subject = subject(user, now);
    let who = subject.as_ref().and_then(|subject| subject.seen_with(found.reach()));
    let credentials = match &who {
        Some(who) => Credentials::assumed(who, now),
        None => Credentials::none("none: the user is disabled, and has no session"),
    };
    let reasons = Reasons::of(&found, who.as_ref(), address, now, &policy.places);
    let explanation = Explanation::new(original, credentials, address, reasons);
    let Some(shadow) = &policy.shadow else { return explanation };
    let found = shadow.rules.find(original);
    let who = subject.as_ref().and_then(|subject| subject.seen_with(found.reach()));
    explanation.beside(&Reasons::of(&found, who.as_ref(), address, now, &shadow.places))
}

/// The user as they would be just behind the sign-in page.
fn subject(user: &User, now: Timestamp) -> Option<Subject> {
    if user.disabled {
        return None;
    }
    if user.anonymous {
        return Some(Subject::guest(user.id));
    }
    let amr = if user.has_password { vec!["pwd"] } else { Vec::new() };
    let mut subject = Subject::user(user.id, user.roles.clone(), Proof::Session(amr), now);
    subject.facts.verified = user.verified;
    subject.email = user.email.as_ref().filter(|_| user.verified).map(|email| email.key().into());
    Some(subject)
}
