//! `GET` and `POST /settings/delete`: needs the current password.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::{User, changes};

use crate::web::page::{self, Layout};
use crate::web::{Refusal, SameOriginForm, Visit};

use super::{account, current_password, not_confirmed, waiting};

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    l: Layout,
    refused: Refusal,
    guest: bool,
    email: String,
}

/// Asks.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings/delete").await {
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, Refusal::default()),
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
    // A guest has no password, and nothing that one protects.
    let current = match current_password(&form) {
        Ok(current) => Some(current),
        Err(_) if user.anonymous => None,
        Err(refused) => return show(visit, &user, StatusCode::UNPROCESSABLE_ENTITY, refused),
    };
    match changes::delete_account(visit.site.ledger(), identity.user(), current).await {
        Ok(()) => {
            let mut response = page::see_other(&visit.path("/login?deleted=1"));
            visit.set_cookies(&mut response, visit.settings.cookies.signed_out());
            response
        }
        Err(error) => match not_confirmed(visit, &error) {
            Ok((status, refused, wait)) => waiting(show(visit, &user, status, refused), wait),
            Err(response) => response,
        },
    }
}

fn show(visit: &Visit, user: &User, status: StatusCode, refused: Refusal) -> Response {
    let email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    page::show(status, &DeletePage { l: Layout::of(visit), refused, guest: user.anonymous, email }, None)
}
