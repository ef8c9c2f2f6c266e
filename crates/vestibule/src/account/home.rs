//! `GET /settings`: who one is here. The forms on it are answered by `name.rs` and `email.rs`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::User;

use crate::web::Visit;
use crate::web::page::{self, FieldError, Layout};

use super::account;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    l: Layout,
    error: Option<FieldError>,
    saved: bool,
    guest: bool,
    signup: bool,
    name: String,
    email: String,
    current_email: String,
    verified: bool,
    roles: String,
}

/// Shows the account.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings").await {
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, visit.asked("saved").is_some(), Typed::default()),
        Err(response) => response,
    }
}

/// What was typed and refused.
#[derive(Default)]
pub(super) struct Typed<'t> {
    pub(super) name: Option<&'t str>,
    pub(super) email: Option<&'t str>,
    pub(super) error: Option<FieldError>,
}

pub(super) fn show(visit: &Visit, user: &User, status: StatusCode, saved: bool, typed: Typed<'_>) -> Response {
    let current_email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    let page = SettingsPage {
        l: Layout::of(visit),
        error: typed.error,
        saved,
        guest: user.anonymous,
        signup: visit.settings.signup,
        name: typed.name.unwrap_or(user.name.as_str()).chars().take(300).collect(),
        email: typed.email.unwrap_or(&current_email).chars().take(300).collect(),
        current_email,
        verified: user.verified,
        roles: user.roles.header_value().replace(',', ", "),
    };
    page::show(status, &page, None)
}
