//! Assertions: short-lived signed statements of who somebody is, for applications that trust no header by itself.
//!
//! Signed once a session and audience, and given again while it is fresh: a signature takes ten times as long as a
//! resolve. It is remembered beside the session's entry in memory, so whatever changes the session or its user drops
//! it. One that was given out before holds until it ends, and nothing can call it back: that is why it ends so soon.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::jwt::{AssertionClaims, sid};
use vestibule_gate::verdict::Identity;

use crate::fault::Fault;
use crate::ledger::Ledger;
use crate::settings::{AssertionBind, AssertionSettings};

/// How long one holds, if the session does.
const LIFETIME: Span = Span::from_seconds(300);

/// What makes assertions, where `[headers] assertion` is on.
#[derive(Clone)]
pub struct Assertions {
    ledger: Ledger,
    settings: AssertionSettings,
    issuer: Box<str>,
}

/// The request that somebody wants to have answered, as a proxy describes it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r> {
    /// The host, in lower case and without a port. Only one that a rule names: a client could think up any other.
    pub host: &'r str,
    /// The method.
    pub method: &'r str,
    /// The path and the query, as they were sent.
    pub target: &'r str,
}

impl Assertions {
    /// `None` where there are none.
    #[must_use]
    pub fn new(ledger: &Ledger) -> Option<Self> {
        let settings = ledger.settings();
        let issuer = settings.issuer.as_str().into();
        settings.assertion.clone().map(|settings| Self { ledger: ledger.clone(), settings, issuer })
    }

    /// One for the configured audience, where nobody knows what is asked for. `None` where assertions speak of one request.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be signed: then the answer is not to be given without it.
    pub fn of(&self, identity: &Identity, now: Timestamp) -> Result<Option<Arc<str>>, Fault> {
        match self.settings.bind {
            AssertionBind::Session => self.for_audience(identity, &self.settings.audience, now).map(Some),
            AssertionBind::Request => Ok(None),
        }
    }

    /// One for the host that is asked for, and where assertions speak of one request, for that only.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be signed: then the answer is not to be given without it.
    pub fn of_request(&self, identity: &Identity, asked: &Asked<'_>, now: Timestamp) -> Result<Arc<str>, Fault> {
        match self.settings.bind {
            AssertionBind::Session => self.for_audience(identity, asked.host, now),
            AssertionBind::Request => {
                let path = asked.target.split(['?', '#']).next().unwrap_or_default();
                let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, path.as_bytes()));
                let bound = Bound { method: asked.method, path_hash: &hash };
                self.sign(identity, asked.host, Some(bound), now).map(|signed| signed.text)
            }
        }
    }

    fn for_audience(&self, identity: &Identity, audience: &str, now: Timestamp) -> Result<Arc<str>, Fault> {
        if let Some(fresh) = identity.assertion(audience, now) {
            return Ok(fresh);
        }
        let Signed { text, ends } = self.sign(identity, audience, None, now)?;
        // Half of its life is left to whoever gets it last.
        let half = Span::from_millis(ends.since(now).millis() / 2);
        identity.keep_assertion(audience, Arc::clone(&text), now, now.plus(half));
        Ok(text)
    }

    fn sign(
        &self,
        identity: &Identity,
        audience: &str,
        bound: Option<Bound<'_>>,
        now: Timestamp,
    ) -> Result<Signed, Fault> {
        let facts = identity.facts();
        let profile = facts.profile.as_ref();
        // The idle timeout ends a session, too, and moves with each use; the other end stays where it is.
        let ends = now.plus(LIFETIME).min(now.plus(identity.remaining(now)));
        let (sub, sid) = (identity.user().to_string(), sid(identity.session(), facts.grant.kind));
        let authenticated_at = identity.authenticated_at();
        let claims = AssertionClaims {
            iss: &self.issuer,
            aud: audience,
            sub: &sub,
            sid: &sid,
            iat: now.unix_seconds(),
            exp: ends.unix_seconds(),
            session_exp: identity.expires_at().unix_seconds(),
            auth_time: (authenticated_at != Timestamp::NEVER).then(|| authenticated_at.unix_seconds()),
            amr: &facts.amr,
            acr: facts.acr,
            roles: &facts.roles,
            anonymous: facts.anonymous,
            verified: facts.verified,
            can_reauthenticate: facts.can_reauthenticate,
            client_id: facts.grant.client.as_deref(),
            email: profile.and_then(|profile| profile.email.as_ref()).map(|email| email.key()),
            name: profile.map(|profile| profile.name.as_str()).filter(|name| !name.is_empty()),
            htm: bound.map(|bound| bound.method),
            path_hash: bound.map(|bound| bound.path_hash),
        };
        let text = self.ledger.keyring().sign_assertion(&claims, now)?.into();
        Ok(Signed { text, ends })
    }
}

/// The one request that an assertion speaks of.
#[derive(Clone, Copy)]
struct Bound<'r> {
    method: &'r str,
    path_hash: &'r str,
}

struct Signed {
    text: Arc<str>,
    ends: Timestamp,
}

#[cfg(test)]
mod tests;
