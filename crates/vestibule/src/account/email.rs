//! `POST /settings/email`: needs the current password.

use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::{EmailAddress, Password};
use vestibule_ledger::changes::{self, ChangeEmailError};

use crate::login::email_error;
use crate::web::SameOriginForm;
use crate::web::page::{self, FieldError};

use super::{account, home, not_confirmed, waiting};

/// Changes the address.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let refuse = |status, error| {
        let typed = home::Typed { email: Some(form.field("email")), error: Some(error), name: None };
        home::show(visit, &user, status, false, typed)
    };
    let email = match EmailAddress::parse(form.field("email")) {
        Ok(email) => email,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, email_error(&visit.texts, error)),
    };
    let current = Password::attempt(form.field("current_password"));
    match changes::change_email(visit.site.ledger(), identity.user(), current, email).await {
        Ok(()) => page::see_other(&visit.path("/settings?saved=1")),
        Err(ChangeEmailError::Taken) => {
            let error = FieldError { field: "email", text: visit.texts.get("email-taken") };
            refuse(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        Err(ChangeEmailError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, error, wait)) => waiting(refuse(status, error), wait),
            Err(response) => response,
        },
    }
}
