//! `GET` and `POST /signup`: open an account. A guest keeps their id, unless they choose to start fresh.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{DisplayName, EmailAddress, Password};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::time::Span;
use vestibule_ledger::changes::{SignUp, SignUpError, sign_up};

use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{busy, email_error, limited, name_error, password_error, query, signed_in, weak};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    l: Layout,
    refused: Refusal,
    open: bool,
    guest: bool,
    name: String,
    email: String,
    return_to: Option<String>,
    query: String,
}

/// Shows the form, or says that accounts are made by the operator.
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    show(&visit, &to, StatusCode::OK, ("", ""), Refusal::default())
}

/// Opens an account and signs its owner in.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let to = visit.return_to(form.optional("return_to"));
    let typed = (form.field("name"), form.field("email"));
    let attempt = match parse(&form) {
        Ok(attempt) => attempt,
        Err(refused) => return show(visit, &to, StatusCode::UNPROCESSABLE_ENTITY, typed, refused),
    };
    let (status, refused, wait) = match sign_up(visit.site.ledger(), attempt).await {
        Ok(session) => return signed_in(visit, &session, &to),
        Err(SignUpError::Fault(fault)) => return problem::fault(visit, &fault),
        Err(SignUpError::Closed) => return problem::answer(visit, StatusCode::FORBIDDEN),
        Err(SignUpError::Taken) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::of("email", visit.texts.get("signup-taken")), None)
        }
        Err(SignUpError::TooWeak(why)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, weak(&visit.texts, "password", &why), None)
        }
        Err(SignUpError::Limited(wait)) => {
            let refused = limited(&visit.texts, wait.retry_after);
            (StatusCode::TOO_MANY_REQUESTS, refused, Some(wait.retry_after))
        }
        Err(SignUpError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts), Some(Span::from_seconds(5))),
    };
    let mut response = show(visit, &to, status, typed, refused);
    if let Some(wait) = wait {
        problem::retry_after(&mut response, wait);
    }
    response
}

fn parse(form: &SameOriginForm) -> Result<SignUp, Refusal> {
    let visit = &form.visit;
    let name = DisplayName::parse(form.field("name")).map_err(|_| name_error(&visit.texts));
    let email = EmailAddress::parse(form.field("email")).map_err(|error| email_error(&visit.texts, error));
    let password = Password::parse(form.field("password"));
    let password = password.map_err(|error| password_error(&visit.texts, "password", error));
    let (name, (email, password)) = both(name, both(email, password))?;
    let keeps = form.optional("start_fresh").is_none();
    let guest = visit.identity.as_ref().filter(|identity| identity.is_anonymous() && keeps).map(|guest| guest.user());
    Ok(SignUp { email, name, password, guest, browser: visit.browser() })
}

fn show(visit: &Visit, to: &ReturnTo, status: StatusCode, (name, email): (&str, &str), refused: Refusal) -> Response {
    let page = SignUpPage {
        l: Layout::of(visit),
        refused,
        open: visit.settings.signup,
        guest: visit.identity.as_ref().is_some_and(vestibule_gate::verdict::Identity::is_anonymous),
        name: name.chars().take(300).collect(),
        email: email.chars().take(300).collect(),
        return_to: to.asked_for().map(str::to_owned),
        query: query(to, '?'),
    };
    page::show(status, &page, to.other_origin().as_deref())
}
