//! `GET` and `POST /login`: e-mail and password on one page.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{LogIn, LogInError, log_in};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{Presence, application, busy, email_error, limited, query, signed_in, somebody};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    l: Layout,
    refused: Refusal,
    notice: Option<&'static str>,
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
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    let present = match somebody(&visit).await {
        Ok(user) => user.and_then(|user| user.email),
        Err(response) => return response,
    };
    match present {
        Some(email) if visit.asked("other").is_none() => {
            let page = ContinuePage {
                l: Layout::of(&visit),
                who: email.shown().to_owned(),
                application: application(&visit, &to),
                destination: to.as_str().to_owned(),
                more: query(&to, '&'),
            };
            page::show(StatusCode::OK, &page, None)
        }
        Some(_) | None => form(&visit, &to, StatusCode::OK, Refusal::default(), ""),
    }
}

/// Signs a person in.
pub async fn post(form_sent: SameOriginForm) -> Response {
    let visit = &form_sent.visit;
    let to = visit.return_to(form_sent.optional("return_to"));
    let refuse = |status, refused| form(visit, &to, status, refused, form_sent.field("email"));
    let (email, password) = match parse(&form_sent) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    match log_in(visit.site.ledger(), LogIn { email, password, browser: visit.browser() }).await {
        Ok(session) => signed_in(visit, &session, &to),
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

fn form(visit: &Visit, to: &ReturnTo, status: StatusCode, refused: Refusal, email: &str) -> Response {
    let page = LoginPage {
        l: Layout::of(visit),
        notice: notice(visit).filter(|_| refused.is_empty()),
        refused,
        presence: Presence::of(visit),
        application: application(visit, to),
        email: email.chars().take(300).collect(),
        return_to: to.asked_for().map(str::to_owned),
        query: query(to, '?'),
        signup: visit.settings.signup,
        guest: visit.settings.anonymous && visit.identity.is_none(),
    };
    let mut response = page::show(status, &page, to.other_origin().as_deref());
    if visit.stale && status == StatusCode::OK {
        visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
    }
    response
}
