//! `GET` and `POST /settings/password`, where `/.well-known/change-password` leads.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::Password;
use vestibule_gate::time::Span;
use vestibule_ledger::User;
use vestibule_ledger::changes::{self, ChangePasswordError, NewPasswordError};

use crate::login::{busy, password_error, weak};
use crate::web::page::{self, FieldError, Layout};
use crate::web::{SameOriginForm, Visit, problem};

use super::{account, not_confirmed, waiting};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    l: Layout,
    error: Option<FieldError>,
    advice: Vec<String>,
    done: bool,
    email: String,
}

/// Shows the form.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings/password").await {
        Ok((_, user)) if user.anonymous => page::see_other(&visit.path("/settings")),
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, visit.asked("done").is_some(), None),
        Err(response) => response,
    }
}

/// `302` from `/.well-known/change-password` (W3C "A Well-Known URL for Changing Passwords").
pub async fn well_known(visit: Visit) -> Response {
    let mut response = page::see_other(&visit.path("/settings/password"));
    *response.status_mut() = StatusCode::FOUND;
    response
}

/// Changes the password, and ends every other session.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings/password").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let refuse = |status, error, advice| show(visit, &user, status, false, Some((error, advice)));
    let new = match Password::parse(form.field("new_password")) {
        Ok(new) => new,
        Err(error) => {
            let error = password_error(&visit.texts, "new_password", error);
            return refuse(StatusCode::UNPROCESSABLE_ENTITY, error, Vec::new());
        }
    };
    let current = Password::attempt(form.field("current_password"));
    let ledger = visit.site.ledger();
    match changes::change_password(ledger, identity.user(), identity.session(), current, new).await {
        Ok(()) => page::see_other(&visit.path("/settings/password?done=1")),
        Err(ChangePasswordError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, error, wait)) => waiting(refuse(status, error, Vec::new()), wait),
            Err(response) => response,
        },
        Err(ChangePasswordError::New(NewPasswordError::TooWeak(why))) => {
            let (error, advice) = weak(&visit.texts, "new_password", &why);
            refuse(StatusCode::UNPROCESSABLE_ENTITY, error, advice)
        }
        Err(ChangePasswordError::New(NewPasswordError::Busy)) => {
            let response = refuse(StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts), Vec::new());
            waiting(response, Some(Span::from_seconds(5)))
        }
        Err(ChangePasswordError::New(NewPasswordError::Fault(fault))) => problem::fault(visit, &fault),
    }
}

fn show(
    visit: &Visit,
    user: &User,
    status: StatusCode,
    done: bool,
    refused: Option<(FieldError, Vec<String>)>,
) -> Response {
    let (error, advice) = refused.map_or((None, Vec::new()), |(error, advice)| (Some(error), advice));
    let email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    page::show(status, &PasswordPage { l: Layout::of(visit), error, advice, done, email }, None)
}
