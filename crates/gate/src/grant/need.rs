//! What has to happen before an authorization is granted. A pure decision, asked again after every page that was shown,
//! until it says [`Step::Grant`] or [`Step::Refuse`].

use super::authorize::AuthorizeRequest;
use super::client::Client;
use super::kind::ClientKind;
use super::refused::{ErrorCode, Refused};
use crate::id::UserId;
use crate::time::{Span, Timestamp};

/// Who is in front of the browser, as far as its session says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    /// The person.
    pub user: UserId,
    /// When they last proved it.
    pub authenticated_at: Timestamp,
    /// Whether they proved it for this very request.
    pub is_fresh: bool,
    /// Whether they have said, for this very request, that it is this account they mean.
    pub chosen: bool,
    /// Whether they are the person whom the request hints at, by `id_token_hint` or a `sub` in `claims`; `None` where it
    /// hints at nobody.
    pub hinted: Option<bool>,
    /// Whether they are a guest without a way to sign in.
    pub anonymous: bool,
}

/// What has to happen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing more: answer.
    Grant,
    /// Show the page to sign in or sign up, whoever is signed in.
    LogIn {
        /// The request itself demands a fresh proof, from somebody who is known too.
        reauthenticate: bool,
        /// Let them say who they are, instead of assuming the one who is signed in.
        select: bool,
    },
    /// Ask "continue as this person?".
    Continue,
    /// Ask whether the client may have what it asks for.
    Consent,
    /// Answer with an error.
    Refuse(Refused),
}

/// Decides what has to happen now. `present` is the browser's session or none; `consented` says that the person has
/// allowed this client these scopes, and where the request has `prompt=consent`, that they did so for this very request.
#[must_use]
pub fn decide(
    request: &AuthorizeRequest,
    client: &Client,
    present: Option<&Present>,
    now: Timestamp,
    consented: bool,
) -> Step {
    // Without single sign-on a session that was there before does not exist for this request.
    let present = present.filter(|present| request.single_sign_on || present.is_fresh);
    let present = match person(request, present, now) {
        Ok(present) => present,
        Err(_) if request.prompt.is_none() => return refuse(ErrorCode::LoginRequired, "nobody suitable is signed in"),
        Err(step) => return step,
    };
    if has_to_choose(request, client, present) {
        return Step::Continue;
    }
    if !consented && (request.prompt.asks().consent || !client.kind.is_first_party()) {
        return if request.prompt.is_none() {
            refuse(ErrorCode::ConsentRequired, "the person has not allowed this")
        } else {
            Step::Consent
        };
    }
    Step::Grant
}

/// The person, when it is sure enough who that is; else the step that makes sure.
fn person<'p>(request: &AuthorizeRequest, present: Option<&'p Present>, now: Timestamp) -> Result<&'p Present, Step> {
    let asks = request.prompt.asks();
    let demands_proof = asks.login || request.max_age == Some(0);
    let select = asks.select_account;
    let Some(present) = present else {
        return Err(Step::LogIn { reauthenticate: demands_proof, select });
    };
    if present.hinted == Some(false) {
        // Once more would be for ever: who has just signed in as somebody else meant to.
        return Err(if present.is_fresh {
            refuse(ErrorCode::LoginRequired, "somebody else signed in than the one whom the request hints at")
        } else {
            Step::LogIn { reauthenticate: demands_proof, select: true }
        });
    }
    if present.is_fresh {
        return Ok(present);
    }
    if demands_proof || is_too_old(request, present, now) {
        return Err(Step::LogIn { reauthenticate: true, select });
    }
    // A guest is offered an account, unless the client knows that it deals with this guest or shows no page.
    let is_guest_to_ask = present.anonymous && present.hinted.is_none() && !request.prompt.is_none();
    if asks.create || is_guest_to_ask { Err(Step::LogIn { reauthenticate: false, select }) } else { Ok(present) }
}

fn is_too_old(request: &AuthorizeRequest, present: &Present, now: Timestamp) -> bool {
    let limit = |seconds| Span::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    request.max_age.is_some_and(|seconds| now.since(present.authenticated_at) > limit(seconds))
}

/// Whether to ask which account is meant. Clients of Authgear's kinds expect that question wherever a session is found;
/// an ordinary OpenID client expects to be let through.
fn has_to_choose(request: &AuthorizeRequest, client: &Client, present: &Present) -> bool {
    if present.is_fresh || present.chosen || request.prompt.is_none() {
        return false;
    }
    let is_asked_by_default = match client.kind {
        ClientKind::Spa | ClientKind::Web | ClientKind::Native => present.hinted != Some(true),
        ClientKind::Confidential | ClientKind::ThirdParty | ClientKind::Machine => false,
    };
    is_asked_by_default || request.prompt.asks().select_account
}

const fn refuse(code: ErrorCode, description: &'static str) -> Step {
    Step::Refuse(Refused::new(code, description))
}

#[cfg(test)]
mod tests;
