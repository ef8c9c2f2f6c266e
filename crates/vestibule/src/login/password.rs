//! `GET` and `POST /login`: e-mail and password on one page; the password alone for somebody who is signed in and has to
//! prove it once more.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::step_up::Demand;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{LogIn, LogInError, log_in};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{Destination, Presence, busy, continue_as, email_error, limited, signed_in, somebody, step_up};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    l: Layout,
    refused: Refusal,
    notice: Option<&'static str>,
    again: bool,
    is_client: bool,
    presence: Presence,
    application: Option<String>,
    email: String,
    carried: Vec<(&'static str, String)>,
    query: String,
    signup: bool,
    guest: bool,
}

/// Shows the form, or says who is signed in already, or asks them for what they have to prove.
pub async fn get(mut visit: Visit) -> Response {
    let destination = match Destination::of(&visit, |name| visit.asked(name)).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    visit.texts = destination.texts;
    let ended = visit.asked("ended").is_some();
    if visit.stale && !visit.doubled && !ended {
        return look_again(&visit);
    }
    let present = match somebody(&visit).await {
        Ok(user) => user.and_then(|user| user.email),
        Err(response) => return response,
    };
    let again = visit.asked("again").map(|_| Demand::NOW);
    let demand = again.as_ref().or(destination.demand.as_ref());
    let is_another = again.is_none() && visit.asked("other").is_some();
    match (present.filter(|_| !is_another), demand) {
        (Some(email), Some(demand)) => {
            let typed = Typed { email: email.shown(), again: true };
            let answer = step_up::answer(&visit, &destination, demand, email.shown());
            answer.unwrap_or_else(|| form(&visit, &destination, StatusCode::OK, Refusal::default(), &typed))
        }
        // They were on their way when another tab signed them in.
        (Some(_), None) if ended => page::see_other(destination.to.as_str()),
        (Some(email), None) => continue_as::show(&visit, &destination, email.shown(), None),
        (None, _) => {
            let typed = Typed { email: visit.asked("email").unwrap_or_default(), again: false };
            form(&visit, &destination, StatusCode::OK, Refusal::default(), &typed)
        }
    }
}

/// A cookie that is no session any more may have been replaced by a sign-in in another tab, whose answer overtook this
/// request: the browser is asked once more, before anybody is told that the session has ended and the cookie is cleared.
fn look_again(visit: &Visit) -> Response {
    let query = visit.query_text();
    let lead = if query.is_empty() { "" } else { "&" };
    page::see_other(&visit.path(&format!("/login?{query}{lead}ended=1")))
}

/// Signs a person in.
pub async fn post(mut form_sent: SameOriginForm) -> Response {
    let destination = match Destination::of(&form_sent.visit, |name| form_sent.optional(name)).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    form_sent.visit.texts = destination.texts;
    let visit = &form_sent.visit;
    let again = form_sent.optional("again").is_some() && visit.identity.is_some();
    if again && let Err(response) = is_same(&form_sent, &destination).await {
        return response;
    }
    let typed = Typed { email: form_sent.field("email"), again };
    let refuse = |status, refused| form(visit, &destination, status, refused, &typed);
    let (email, password) = match parse(&form_sent, again) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    match log_in(visit.site.ledger(), LogIn { email, password, browser: destination.browser(visit) }).await {
        Ok(session) => signed_in(visit, &session, &destination),
        Err(LogInError::Wrong) => refuse(StatusCode::UNPROCESSABLE_ENTITY, wrong(visit, again)),
        Err(LogInError::Disabled) => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, Refusal::whole(visit.texts.get("login-disabled")))
        }
        Err(LogInError::Limited(wait)) => {
            let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, limited(&visit.texts, wait.retry_after));
            problem::retry_after(&mut response, wait.retry_after);
            response
        }
        Err(LogInError::Busy) => {
            let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts));
            problem::retry_after(&mut response, Span::from_seconds(5));
            response
        }
        Err(LogInError::Fault(fault)) => problem::fault(visit, &fault),
    }
}

/// Whoever was asked to prove it once more must be who is here: in another tab, somebody else may have signed in since,
/// and nobody takes their place by a form that does not say so.
async fn is_same(form_sent: &SameOriginForm, destination: &Destination) -> Result<(), Response> {
    let visit = &form_sent.visit;
    let present = somebody(visit).await?.and_then(|user| user.email);
    let asked = EmailAddress::parse(form_sent.field("email")).ok();
    if present.is_some() && present == asked {
        return Ok(());
    }
    let refused = Refusal::whole(visit.texts.get("again-changed"));
    let typed = Typed { email: present.as_ref().map_or("", EmailAddress::shown), again: present.is_some() };
    Err(form(visit, destination, StatusCode::UNPROCESSABLE_ENTITY, refused, &typed))
}

fn parse(form: &SameOriginForm, again: bool) -> Result<(EmailAddress, Password), Refusal> {
    let visit = &form.visit;
    let email = EmailAddress::parse(form.field("email")).map_err(|error| email_error(&visit.texts, error));
    let password = match form.optional("password") {
        None => Err(Refusal::of("password", visit.texts.get("password-empty"))),
        // Too long to be anybody's: as wrong as any other.
        Some(typed) => Password::attempt(typed).ok_or_else(|| wrong(visit, again)),
    };
    both(email, password)
}

/// Not said of either field: which of the two is wrong is nobody's business. Whoever is here already has typed only one.
fn wrong(visit: &Visit, again: bool) -> Refusal {
    if again {
        return Refusal::of("password", visit.texts.get("again-wrong"));
    }
    Refusal::whole(visit.texts.get("login-wrong"))
}

/// What has just happened, where the page is shown because of it.
fn notice(visit: &Visit) -> Option<&'static str> {
    match visit {
        _ if visit.asked("signed_out").is_some() => Some("login-signed-out"),
        _ if visit.asked("deleted").is_some() => Some("login-deleted"),
        // Two cookies that contradict each other are no session that ended: the layout says what they are.
        _ if visit.stale && !visit.doubled => Some("login-ended"),
        _ => None,
    }
}

/// What was typed, or is known before.
struct Typed<'t> {
    email: &'t str,
    /// Somebody is signed in, and is to prove it again.
    again: bool,
}

fn form(visit: &Visit, destination: &Destination, status: StatusCode, refused: Refusal, typed: &Typed<'_>) -> Response {
    let page = LoginPage {
        l: Layout::of(visit),
        notice: notice(visit).filter(|_| refused.is_empty()),
        refused,
        presence: Presence::of(visit),
        again: typed.again,
        application: destination.application(visit),
        is_client: destination.continuation.is_some(),
        email: typed.email.chars().take(300).collect(),
        carried: destination.carried(),
        query: destination.query('?'),
        signup: visit.settings.signup,
        guest: visit.settings.anonymous && visit.identity.is_none(),
    };
    let mut response = page::show(status, &page, destination.form_action().as_deref());
    if visit.stale && status == StatusCode::OK {
        visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    }
    response
}
