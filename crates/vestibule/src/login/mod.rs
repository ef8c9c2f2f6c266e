//! Signing in, opening an account, signing out: a file an endpoint.

mod continue_as;
pub mod guest;
pub mod log_out;
pub mod password;
pub mod sign_up;
mod step_up;

use axum::response::Response;
use url::form_urlencoded;
use vestibule_gate::account::{EmailError, PasswordError};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::step_up::Demand;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{Browser, SignedIn};
use vestibule_ledger::proof::strength::TooWeak;
use vestibule_ledger::{User, UserRef, queries};

use crate::oauth::continuation::Continuation;
use crate::texts::Texts;
use crate::web::{Refusal, Visit, page, problem};

/// Who is signed in, as the pages of this conversation say it.
async fn somebody(visit: &Visit) -> Result<Option<User>, Response> {
    let Some(identity) = &visit.identity else { return Ok(None) };
    let found = queries::user(visit.site.ledger(), &UserRef::Id(identity.user())).await;
    found.map_err(|fault| problem::fault(visit, &fault))
}

/// Who is here already, as far as a form for another account has to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Nobody,
    Guest,
    User,
}

impl Presence {
    fn of(visit: &Visit) -> Self {
        match &visit.identity {
            None => Self::Nobody,
            Some(identity) if identity.is_anonymous() => Self::Guest,
            Some(_) => Self::User,
        }
    }

    fn is_guest(self) -> bool {
        self == Self::Guest
    }

    fn is_user(self) -> bool {
        self == Self::User
    }
}

/// The host that a sign-in leads to, `app.example.com`, when an application asked for it and not a page of ours.
fn application(visit: &Visit, to: &ReturnTo) -> Option<String> {
    let url = to.asked_for()?;
    let own = visit.settings.public_url.origin();
    let pages = format!("{own}{}", visit.settings.public_url.path());
    let inside = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#']);
    if url.strip_prefix(&pages).is_some_and(inside) {
        return None;
    }
    let origin = to.other_origin().unwrap_or(own);
    origin.split_once("://").map(|(_, host)| host.to_owned())
}

/// Where a sign-in leads, and for which application's request it is, if it is for one.
struct Destination {
    to: ReturnTo,
    continuation: Option<Continuation>,
    /// What is asked of whoever is signed in already.
    demand: Option<Demand>,
    /// In the language that the application asks for.
    texts: Texts,
}

impl Destination {
    /// Reads the parameters of an address or of a form.
    async fn of<'s>(visit: &Visit, sent: impl Fn(&'static str) -> Option<&'s str>) -> Result<Self, Response> {
        let to = visit.return_to(sent("return_to"));
        let demand = Demand::read(sent("max_age"), sent("amr"));
        let continuation = Continuation::of(visit, &to).await.map_err(|fault| problem::fault(visit, &fault))?;
        let asked = continuation.as_ref().map(|continuation| continuation.request.ui_locales.join(" "));
        Ok(Self { to, texts: visit.texts.or_of(asked.as_deref()), continuation, demand })
    }

    /// What the links and forms between the pages of one conversation carry on: all that was asked for.
    fn carried(&self) -> Vec<(&'static str, String)> {
        let to = self.to.asked_for().map(|url| ("return_to", url.to_owned()));
        let demand = self.demand.iter().flat_map(Demand::pairs).map(|(name, value)| (name, value.into_owned()));
        to.into_iter().chain(demand).collect()
    }

    /// The same as a query, behind `?` or `&`; empty when nothing was asked for.
    fn query(&self, lead: char) -> String {
        let carried = self.carried();
        if carried.is_empty() {
            return String::new();
        }
        format!("{lead}{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(carried).finish())
    }

    /// The browser, and what the sign-in is for.
    fn browser(&self, visit: &Visit) -> Browser {
        Browser { request: self.continuation.as_ref().map(Continuation::for_request), ..visit.browser() }
    }

    /// Whom the page says that one continues to: a registered application's name, or a host.
    fn application(&self, visit: &Visit) -> Option<String> {
        match &self.continuation {
            Some(continuation) => Some(continuation.record.client.name.clone()),
            None => application(visit, &self.to),
        }
    }

    /// The origin that a form on the page may lead to, besides our own.
    fn form_action(&self) -> Option<String> {
        self.continuation.as_ref().map(Continuation::form_action).or_else(|| self.to.other_origin())
    }
}

/// The answer to a sign-in: the cookies, and a 303 to where the person wanted to go.
fn signed_in(visit: &Visit, session: &SignedIn, destination: &Destination) -> Response {
    let mut response = page::see_other(destination.to.as_str());
    let ledger = visit.site.ledger();
    let cookies = &visit.settings.cookies;
    let mut lines = cookies.signed_in(session, ledger.tag_key(), ledger.now());
    if let (Some(secret), Some(continuation)) = (&session.authentication, &destination.continuation) {
        lines.extend(cookies.authentication(&visit.path("/oauth2"), &continuation.bound_to, secret));
    }
    // An application's browser session beside it could be another user's, and then neither would count.
    if session.session.is_some() && visit.cookie(cookies.names.app_session()).is_some() {
        lines.extend(cookies.no_app_session());
    }
    visit.set_cookies(&mut response, lines);
    response
}

/// Why an e-mail address was refused.
pub(crate) fn email_error(texts: &Texts, error: EmailError) -> Refusal {
    let key = if error == EmailError::Empty { "email-empty" } else { "email-bad" };
    Refusal::of("email", texts.get(key))
}

/// Why a name was refused.
pub(crate) fn name_error(texts: &Texts) -> Refusal {
    Refusal::of("name", texts.get("name-bad"))
}

/// Why a new password was refused before anybody looked at its strength.
pub(crate) fn password_error(texts: &Texts, field: &'static str, error: PasswordError) -> Refusal {
    let key = match error {
        PasswordError::TooShort => "password-short",
        PasswordError::TooLong => "password-long",
    };
    Refusal::of(field, texts.get(key))
}

/// Why a new password is too weak, and what would help.
pub(crate) fn weak(texts: &Texts, field: &'static str, weak: &TooWeak) -> Refusal {
    let advice = weak.warning.iter().chain(&weak.suggestions).map(|name| texts.get(&format!("strength-{name}")));
    Refusal::advised(field, texts.get("password-weak"), advice.collect())
}

/// "Too many attempts, wait N minutes."
pub(crate) fn limited(texts: &Texts, wait: Span) -> Refusal {
    let minutes = (wait.seconds() + 59) / 60;
    Refusal::whole(format!("{} {}", texts.get("limited"), texts.count("wait-minutes", minutes.max(1))))
}

/// "Too many people at this moment."
pub(crate) fn busy(texts: &Texts) -> Refusal {
    Refusal::whole(texts.get("busy"))
}
