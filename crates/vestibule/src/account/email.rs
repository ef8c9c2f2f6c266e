//! `POST /settings/email`: needs the current password.

use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::EmailAddress;
use vestibule_ledger::changes::{self, ChangeEmailError};

use crate::login::email_error;
use crate::web::refusal::both;
use crate::web::{Refusal, SameOriginForm, page};

use super::{account, current_password, home, not_confirmed, waiting};

/// Changes the address.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let refuse = |status, refused| {
        let typed = home::Typed { email: Some(form.field("email")), name: None, refused };
        home::show(visit, &user, status, None, typed)
    };
    let email = EmailAddress::parse(form.field("email")).map_err(|error| email_error(&visit.texts, error));
    let (email, current) = match both(email, current_password(&form)) {
        Ok(both) => both,
        Err(refused) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    match changes::change_email(visit.site.ledger(), identity.user(), Some(current), email).await {
        Ok(()) => page::see_other(&visit.path("/settings?saved=email")),
        Err(ChangeEmailError::Taken) => {
            refuse(StatusCode::UNPROCESSABLE_ENTITY, Refusal::of("email", visit.texts.get("email-taken")))
        }
        Err(ChangeEmailError::Confirm(error)) => match not_confirmed(visit, &error) {
            Ok((status, refused, wait)) => waiting(refuse(status, refused), wait),
            Err(response) => response,
        },
    }
}
