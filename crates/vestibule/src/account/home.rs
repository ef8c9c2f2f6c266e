//! `GET /settings`: who one is here. The forms on it are answered by `name.rs` and `email.rs`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use vestibule_ledger::User;

use crate::web::page::{self, Layout};
use crate::web::{Refusal, Visit};

use super::account;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    l: Layout,
    refused: Refusal,
    saved: Option<Saved>,
    guest: bool,
    signup: bool,
    api_tokens: bool,
    name: String,
    email: String,
    current_email: String,
    verified: bool,
    roles: String,
}

/// Shows the account.
pub async fn get(visit: Visit) -> Response {
    match account(&visit, "/settings").await {
        Ok((_, user)) => show(&visit, &user, StatusCode::OK, Saved::of(&visit), Typed::default()),
        Err(response) => response,
    }
}

/// `GET /settings` at the origin's root, where Authgear's SDK opens it: to where it is.
pub async fn at_the_root(visit: Visit) -> Response {
    page::see_other(&visit.path("/settings"))
}

/// What has just been saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    Name,
    Email,
}

impl Saved {
    fn of(visit: &Visit) -> Option<Self> {
        match visit.asked("saved") {
            Some("name") => Some(Self::Name),
            Some("email") => Some(Self::Email),
            Some(_) | None => None,
        }
    }
}

/// What was typed and refused.
#[derive(Default)]
pub(super) struct Typed<'t> {
    pub(super) name: Option<&'t str>,
    pub(super) email: Option<&'t str>,
    pub(super) refused: Refusal,
}

pub(super) fn show(visit: &Visit, user: &User, status: StatusCode, saved: Option<Saved>, typed: Typed<'_>) -> Response {
    let current_email = user.email.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
    let page = SettingsPage {
        l: Layout::of(visit),
        refused: typed.refused,
        saved,
        guest: user.anonymous,
        signup: visit.settings.signup,
        api_tokens: visit.settings.api_tokens,
        name: typed.name.unwrap_or(user.name.as_str()).chars().take(300).collect(),
        email: typed.email.unwrap_or_default().chars().take(300).collect(),
        current_email,
        verified: user.verified,
        roles: user.roles.header_value().replace(',', ", "),
    };
    page::show(status, &page, None)
}
