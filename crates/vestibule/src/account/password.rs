//! `GET` and `POST /settings/password`, where `/.well-known/change-password` leads.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::Password;
use vestibule_gate::time::Span;
use vestibule_ledger::User;
use vestibule_ledger::changes::{self, ChangePasswordError, ConfirmError, NewPasswordError};

use crate::login::{busy, password_error, weak};
use crate::web::page::{self, Layout};
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, Visit, problem};

use super::{account, current_password, not_confirmed, waiting};

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    l: Layout,
    refused: Refusal,
    done: bool,
    email: String,
}

/// Shows the form.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings/password").await {
        Ok((_, user)) if user.anonymous => page::see_other(&visit.path("/settings")),
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, visit.asked("done").is_some(), Refusal::default()),
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
    let refuse = |status, refused| show(visit, &user, status, false, refused);
    let new = Password::parse(form.field("new_password"));
    let new = new.map_err(|error| password_error(&visit.texts, "new_password", error));
    let (current, new) = match both(current_password(&form), new) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    let (ledger, offered) = (visit.site.ledger(), new.clone());
    match changes::change_password(ledger, identity.user(), identity.session(), Some(current), new).await {
        Ok(()) => page::see_other(&visit.path("/settings/password?done=1")),
        Err(ChangePasswordError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, mut refused, wait)) => {
                if matches!(error, ConfirmError::WrongPassword)
                    && let Some(too) = weakness(visit, &user, offered).await
                {
                    refused = refused.and(too);
                }
                waiting(refuse(status, refused), wait)
            }
            Err(response) => response,
        },
        Err(ChangePasswordError::New(NewPasswordError::TooWeak(why))) => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, weak(&visit.texts, "new_password", &why))
        }
        Err(ChangePasswordError::New(NewPasswordError::Busy)) => {
            let response = refuse(StatusCode::SERVICE_UNAVAILABLE, busy(&visit.texts));
            waiting(response, Some(Span::from_seconds(5)))
        }
        Err(ChangePasswordError::New(NewPasswordError::Fault(fault))) => problem::fault(visit, &fault),
    }
}

/// What is wrong with the new password besides: the ledger asks for the current one first and looks no further, and
/// nobody should be told one thing at a time. Asked only after an attempt that was counted, so nobody gets it for free.
async fn weakness(visit: &Visit, user: &User, new: Password) -> Option<Refusal> {
    match changes::require_strong(visit.site.ledger(), new, user.known_words()).await {
        Err(NewPasswordError::TooWeak(why)) => Some(weak(&visit.texts, "new_password", &why)),
        Ok(()) | Err(NewPasswordError::Busy | NewPasswordError::Fault(_)) => None,
    }
}

fn show(visit: &Visit, user: &User, status: StatusCode, done: bool, refused: Refusal) -> Response {
    let email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    page::show(status, &PasswordPage { l: Layout::of(visit), refused, done, email }, None)
}
