//! Somebody who is described, not met: what rules would see of them if they were signed in.

use vestibule_gate::account::Roles;
use vestibule_gate::decide::Reach;
use vestibule_gate::id::UserId;
use vestibule_gate::rules::Who;
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::{Facts, Grant, SessionKind};

/// A described user with a described credential.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The user.
    pub user: UserId,
    /// The address, in its normal form, if it is verified.
    pub email: Option<Box<str>>,
    /// The rest.
    pub facts: Facts,
    /// The last authentication.
    pub authenticated_at: Timestamp,
}

/// How somebody is signed in.
#[derive(Debug, Clone)]
pub enum Proof {
    /// By a session of a browser, with these methods.
    Session(Vec<&'static str>),
    /// By a token that does not speak for its user as a whole.
    Token {
        /// The methods of the sign-in that it was given at.
        amr: Vec<&'static str>,
        /// Whom it was issued to.
        client: Option<Box<str>>,
        /// What for, separated by one space.
        scope: Box<str>,
    },
}

impl Subject {
    /// A user with these roles.
    #[must_use]
    pub fn user(user: UserId, roles: Roles, proof: Proof, authenticated_at: Timestamp) -> Self {
        let (amr, grant) = match proof {
            Proof::Session(amr) => (amr, Grant::cookie()),
            Proof::Token { amr, client, scope } => {
                (amr, Grant { kind: SessionKind::Token, client, scope, is_whole: false })
            }
        };
        let facts = Facts {
            anonymous: false,
            verified: false,
            can_reauthenticate: true,
            roles,
            amr,
            acr: None,
            grant,
            profile: None,
        };
        Self { user, email: None, facts, authenticated_at }
    }

    /// A guest.
    #[must_use]
    pub fn guest(user: UserId) -> Self {
        let mut guest = Self::user(user, Roles::default(), Proof::Session(Vec::new()), Timestamp::NEVER);
        guest.facts.anonymous = true;
        guest.facts.can_reauthenticate = false;
        guest
    }

    /// What a rule sees of them; `None` when their token does not reach far enough to count.
    #[must_use]
    pub fn seen_with(&self, reach: Reach) -> Option<Who<'_>> {
        let Self { user, email, facts, authenticated_at } = self;
        let counts = reach == Reach::Any || facts.grant.is_whole;
        let who = Who { user: *user, email: email.as_deref(), facts, authenticated_at: *authenticated_at };
        counts.then_some(who)
    }
}
