//! `GET` and `POST /login`: e-mail and password on one page.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{LogIn, LogInError, log_in};
use vestibule_ledger::{UserRef, queries};

use crate::web::page::{self, FieldError, Layout};
use crate::web::{SameOriginForm, Visit, problem};

use super::{busy, email_error, limited, query, signed_in};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    l: Layout,
    error: Option<FieldError>,
    signed_out: bool,
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
    destination: String,
    more: String,
}

/// Shows the form, or says who is signed in already.
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    if visit.asked("other").is_none()
        && let Some(identity) = visit.identity.as_ref().filter(|identity| !identity.is_anonymous())
    {
        let user = match queries::user(visit.site.ledger(), &UserRef::Id(identity.user())).await {
            Ok(user) => user,
            Err(fault) => return problem::fault(&visit, &fault),
        };
        if let Some(email) = user.and_then(|user| user.email) {
            let page = ContinuePage {
                l: Layout::of(&visit),
                who: email.shown().to_owned(),
                destination: to.as_str().to_owned(),
                more: query(&to, '&'),
            };
            return page::show(StatusCode::OK, &page, None);
        }
    }
    form(&visit, &to, StatusCode::OK, None, "", visit.asked("signed_out").is_some())
}

/// Signs a person in.
pub async fn post(form_sent: SameOriginForm) -> Response {
    let visit = &form_sent.visit;
    let to = visit.return_to(form_sent.optional("return_to"));
    let typed = form_sent.field("email");
    let refuse = |status, error| form(visit, &to, status, Some(error), typed, false);
    let email = match EmailAddress::parse(typed) {
        Ok(email) => email,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, email_error(&visit.texts, error)),
    };
    if form_sent.field("password").is_empty() {
        let error = FieldError { field: "password", text: visit.texts.get("password-empty") };
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, error);
    }
    let wrong = || FieldError { field: "password", text: visit.texts.get("login-wrong") };
    let Some(password) = Password::attempt(form_sent.field("password")) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, wrong());
    };
    match log_in(visit.site.ledger(), LogIn { email, password, browser: visit.browser() }).await {
        Ok(session) => signed_in(visit, &session, &to),
        Err(LogInError::Wrong) => refuse(StatusCode::UNPROCESSABLE_ENTITY, wrong()),
        Err(LogInError::Disabled) => {
            let error = FieldError { field: "", text: visit.texts.get("login-disabled") };
            refuse(StatusCode::UNPROCESSABLE_ENTITY, error)
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

fn form(
    visit: &Visit,
    to: &ReturnTo,
    status: StatusCode,
    error: Option<FieldError>,
    email: &str,
    signed_out: bool,
) -> Response {
    let page = LoginPage {
        l: Layout::of(visit),
        error,
        signed_out,
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
