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

use super::{
    Presence, application, busy, email_error, limited, name_error, password_error, query, signed_in, somebody, weak,
};

#[derive(Template)]
#[template(path = "signup.html")]
struct SignUpPage {
    l: Layout,
    refused: Refusal,
    open: bool,
    presence: Presence,
    application: Option<String>,
    name: String,
    email: String,
    fresh: bool,
    return_to: Option<String>,
    query: String,
}

/// Shows the form, or says that accounts are made by the operator.
pub async fn get(visit: Visit) -> Response {
    let to = visit.return_to(visit.asked("return_to"));
    match somebody(&visit).await {
        Ok(user) => {
            // A guest's name is not asked for twice.
            let name = user.filter(|user| user.anonymous).map(|guest| guest.name).unwrap_or_default();
            let typed = Typed { name: name.as_str(), email: "", fresh: false };
            show(&visit, &to, StatusCode::OK, &typed, Refusal::default())
        }
        Err(response) => response,
    }
}

/// Opens an account and signs its owner in.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let to = visit.return_to(form.optional("return_to"));
    let typed = Typed::of(&form);
    let attempt = match parse(&form) {
        Ok(attempt) => attempt,
        Err(refused) => return show(visit, &to, StatusCode::UNPROCESSABLE_ENTITY, &typed, refused),
    };
    let email = attempt.email.clone();
    let (status, refused, wait) = match sign_up(visit.site.ledger(), attempt).await {
        Ok(session) => return signed_in(visit, &session, &to),
        Err(SignUpError::Fault(fault)) => return problem::fault(visit, &fault),
        Err(SignUpError::Closed) => (StatusCode::FORBIDDEN, Refusal::default(), None),
        Err(SignUpError::Taken) => {
            // The same form twice, by two clicks: its account is open, and this is its owner.
            match somebody(visit).await {
                Ok(Some(user)) if user.email.as_ref() == Some(&email) => return page::see_other(to.as_str()),
                Ok(_) => {}
                Err(response) => return response,
            }
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
    let mut response = show(visit, &to, status, &typed, refused);
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
    let keeps = !Typed::of(form).fresh;
    let guest = visit.identity.as_ref().filter(|identity| identity.is_anonymous() && keeps).map(|guest| guest.user());
    Ok(SignUp { email, name, password, guest, browser: visit.browser() })
}

/// What was typed and is shown again.
struct Typed<'t> {
    name: &'t str,
    email: &'t str,
    fresh: bool,
}

impl<'t> Typed<'t> {
    fn of(form: &'t SameOriginForm) -> Self {
        let fresh = form.optional("start_fresh").is_some();
        Self { name: form.field("name"), email: form.field("email"), fresh }
    }
}

fn show(visit: &Visit, to: &ReturnTo, status: StatusCode, typed: &Typed<'_>, refused: Refusal) -> Response {
    let page = SignUpPage {
        l: Layout::of(visit),
        refused,
        open: visit.settings.signup,
        presence: Presence::of(visit),
        application: application(visit, to),
        name: typed.name.chars().take(300).collect(),
        email: typed.email.chars().take(300).collect(),
        fresh: typed.fresh,
        return_to: to.asked_for().map(str::to_owned),
        query: query(to, '?'),
    };
    page::show(status, &page, to.other_origin().as_deref())
}
