//! `GET` and `POST /login`: e-mail and password on one page.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{LogIn, LogInError, log_in};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{Destination, Presence, busy, email_error, limited, query, signed_in, somebody};

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
    return_to: Option<String>,
    query: String,
    signup: bool,
    guest: bool,
}

#[derive(Template)]
#[template(path = "continue.html")]
struct ContinuePage {
    l: Layout,
    who: String,
    application: Option<String>,
    destination: String,
    more: String,
}

/// Shows the form, or says who is signed in already.
pub async fn get(mut visit: Visit) -> Response {
    let destination = match Destination::of(&visit, visit.asked("return_to")).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    visit.texts = destination.texts;
    let present = match somebody(&visit).await {
        Ok(user) => user.and_then(|user| user.email),
        Err(response) => return response,
    };
    let again = visit.asked("again").is_some();
    match present {
        Some(email) if again => {
            let typed = Typed { email: email.shown(), again };
            form(&visit, &destination, StatusCode::OK, Refusal::default(), &typed)
        }
        Some(email) if visit.asked("other").is_none() => {
            let page = ContinuePage {
                l: Layout::of(&visit),
                who: email.shown().to_owned(),
                application: destination.application(&visit),
                destination: destination.to.as_str().to_owned(),
                more: query(&destination.to, '&'),
            };
            page::show(StatusCode::OK, &page, None)
        }
        Some(_) | None => {
            let typed = Typed { email: visit.asked("email").unwrap_or_default(), again: false };
            form(&visit, &destination, StatusCode::OK, Refusal::default(), &typed)
        }
    }
}

/// Signs a person in.
pub async fn post(mut form_sent: SameOriginForm) -> Response {
    let destination = match Destination::of(&form_sent.visit, form_sent.optional("return_to")).await {
        Ok(destination) => destination,
        Err(response) => return response,
    };
    form_sent.visit.texts = destination.texts;
    let visit = &form_sent.visit;
    let typed = Typed { email: form_sent.field("email"), again: form_sent.optional("again").is_some() };
    let refuse = |status, refused| form(visit, &destination, status, refused, &typed);
    let (email, password) = match parse(&form_sent) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    match log_in(visit.site.ledger(), LogIn { email, password, browser: destination.browser(visit) }).await {
        Ok(session) => signed_in(visit, &session, &destination),
        Err(LogInError::Wrong) => refuse(StatusCode::UNPROCESSABLE_ENTITY, wrong(visit)),
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

fn parse(form: &SameOriginForm) -> Result<(EmailAddress, Password), Refusal> {
    let visit = &form.visit;
    let email = EmailAddress::parse(form.field("email")).map_err(|error| email_error(&visit.texts, error));
    let password = match form.optional("password") {
        None => Err(Refusal::of("password", visit.texts.get("password-empty"))),
        // Too long to be anybody's: as wrong as any other.
        Some(typed) => Password::attempt(typed).ok_or_else(|| wrong(visit)),
    };
    both(email, password)
}

/// Not said of either field: which of the two is wrong is nobody's business.
fn wrong(visit: &Visit) -> Refusal {
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
    let to = &destination.to;
    let page = LoginPage {
        l: Layout::of(visit),
        notice: notice(visit).filter(|_| refused.is_empty()),
        refused,
        presence: Presence::of(visit),
        again: typed.again,
        application: destination.application(visit),
        is_client: destination.continuation.is_some(),
        email: typed.email.chars().take(300).collect(),
        return_to: to.asked_for().map(str::to_owned),
        query: query(to, '?'),
        signup: visit.settings.signup,
        guest: visit.settings.anonymous && visit.identity.is_none(),
    };
    let mut response = page::show(status, &page, destination.form_action().as_deref());
    if visit.stale && status == StatusCode::OK {
        visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    }
    response
}
