//! `GET` and `POST /settings/delete`: needs the current password.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_gate::account::Password;
use vestibule_ledger::{User, changes};

use crate::web::page::{self, FieldError, Layout};
use crate::web::{SameOriginForm, Visit};

use super::{account, not_confirmed, waiting};

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    l: Layout,
    error: Option<FieldError>,
    guest: bool,
    email: String,
}

/// Asks.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings/delete").await {
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, None),
        Err(response) => response,
    }
}

/// Deletes the account and clears the cookies.
pub async fn post(form: SameOriginForm) -> Response {
    let visit = &form.visit;
    let (identity, user) = match account(visit, "/settings/delete").await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let current = form.optional("current_password").and_then(Password::attempt);
    match changes::delete_account(visit.site.ledger(), identity.user(), current).await {
        Ok(()) => {
            let mut response = page::see_other(&visit.path("/login?signed_out=1"));
            visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
            response
        }
        Err(error) => match not_confirmed(visit, &error) {
            Ok((status, error, wait)) => waiting(show(visit, &user, status, Some(error)), wait),
            Err(response) => response,
        },
    }
}

fn show(visit: &Visit, user: &User, status: StatusCode, error: Option<FieldError>) -> Response {
    let email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    page::show(status, &DeletePage { l: Layout::of(visit), error, guest: user.anonymous, email }, None)
}
