//! A request that may not pass, in the words of HTTP: a status, a challenge (RFC 9110 section 11.6.1), and for a browser
//! that navigates the way to the sign-in page.
//!
//! It says nothing of anybody: proxies hand it to the browser whole.

use std::fmt::Write as _;

use url::form_urlencoded;
use vestibule_gate::rules::{Ruling, StepUp};

use super::door::Manner;
use super::passage::Passage;
use crate::wire::answer::Status;

/// Why a request does not pass, as its sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// 302, 400, 401 or 403.
    pub status: Status,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// Where a browser goes to sign in.
    pub location: Option<String>,
    /// Why, for whoever may be told.
    pub trace: Option<String>,
}

impl Denial {
    /// A question that cannot be read. nginx makes a 400 a 500, so only a forwarded one is called by its name.
    #[must_use]
    pub const fn unreadable(manner: Manner) -> Self {
        let status = match manner {
            Manner::Check => Status::Forbidden,
            Manner::Forward => Status::BadRequest,
        };
        Self { status, challenge: None, location: None, trace: None }
    }

    /// A question from somebody who is not believed.
    #[must_use]
    pub const fn not_believed() -> Self {
        Self { status: Status::Forbidden, challenge: None, location: None, trace: None }
    }

    /// What a ruling says; `None` when the request passes. `navigates`: the answer goes to a browser that shows a page.
    #[must_use]
    pub fn of(ruling: &Ruling, passage: &Passage<'_>, navigates: bool) -> Option<Self> {
        let (challenge, more) = match ruling {
            Ruling::Permit => return None,
            Ruling::SignIn => (sign_in(passage), Vec::new()),
            Ruling::StepUp(step_up) => (stepped_up(step_up), step_up_query(step_up)),
            Ruling::Refuse(why) => {
                let challenge = why.missing_scopes().map(insufficient_scope);
                return Some(Self { status: Status::Forbidden, challenge, location: None, trace: None });
            }
        };
        Some(if navigates {
            Self { status: Status::Found, challenge: None, location: Some(login(passage, &more)), trace: None }
        } else {
            Self { status: Status::Unauthorized, challenge: Some(challenge), location: None, trace: None }
        })
    }
}

/// RFC 6750 section 3.1: a token that came along is named as the trouble.
fn sign_in(passage: &Passage<'_>) -> String {
    let error = if passage.has_bearer() { " error=\"invalid_token\"" } else { "" };
    format!("Bearer{error}")
}

/// RFC 6750 section 3.1. Scopes have no character that could end the text (RFC 6749 section 3.3).
fn insufficient_scope(scopes: String) -> String {
    format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\"")
}

/// RFC 9470 section 3. The classes of authentication that we know are the methods that one is made of.
fn stepped_up(StepUp { max_age, amr }: &StepUp) -> String {
    let mut challenge = String::from("Bearer error=\"insufficient_user_authentication\"");
    if !amr.is_empty() {
        let _ = write!(challenge, ", acr_values=\"{}\"", amr.join(" "));
    }
    if let Some(max_age) = max_age {
        let _ = write!(challenge, ", max_age=\"{}\"", max_age.seconds());
    }
    challenge
}

fn step_up_query(StepUp { max_age, amr }: &StepUp) -> Vec<(&'static str, String)> {
    let age = max_age.map(|max_age| ("max_age", max_age.seconds().to_string()));
    let methods = (!amr.is_empty()).then(|| ("amr", amr.join(" ")));
    age.into_iter().chain(methods).collect()
}

/// The sign-in page, which leads back to what was asked for.
fn login(passage: &Passage<'_>, more: &[(&'static str, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &passage.original.url());
    query.extend_pairs(more);
    format!("{}?{}", passage.policy.login, query.finish())
}
