//! `GET` and `POST /login`: e-mail and password on one page.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{LogIn, LogInError, log_in};
use vestibule_ledger::{UserRef, queries};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{busy, email_error, limited, query, signed_in};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    l: Layout,
    refused: Refusal,
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
    form(&visit, &to, StatusCode::OK, Refusal::default(), "", visit.asked("signed_out").is_some())
}

/// Signs a person in.
pub async fn post(form_sent: SameOriginForm) -> Response {
    let visit = &form_sent.visit;
    let to = visit.return_to(form_sent.optional("return_to"));
    let refuse = |status, refused| form(visit, &to, status, refused, form_sent.field("email"), false);
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

fn form(visit: &Visit, to: &ReturnTo, status: StatusCode, refused: Refusal, email: &str, signed_out: bool) -> Response {
    let page = LoginPage {
        l: Layout::of(visit),
        refused,
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
