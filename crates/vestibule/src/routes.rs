//! Every path of the pages in one table. The resolver's are in `resolver/`, the operator's in `ops/`: each has a
//! listener of its own, and what is here is nowhere else.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use crate::web::problem::Problem;
use crate::web::{Site, assets, door};
use crate::{account, login};

/// The paths, below the path of `public_url`.
pub mod path {
    /// Sends people where they belong.
    pub const HOME: &str = "/";
    /// Signing in.
    pub const LOGIN: &str = "/login";
    /// Continuing as a guest.
    pub const GUEST: &str = "/login/guest";
    /// Opening an account.
    pub const SIGNUP: &str = "/signup";
    /// Signing out.
    pub const LOGOUT: &str = "/logout";
    /// The account.
    pub const SETTINGS: &str = "/settings";
    /// Its name.
    pub const NAME: &str = "/settings/name";
    /// Its e-mail address.
    pub const EMAIL: &str = "/settings/email";
    /// Its password.
    pub const PASSWORD: &str = "/settings/password";
    /// Where it is signed in.
    pub const SESSIONS: &str = "/settings/sessions";
    /// Ends one session.
    pub const REVOKE: &str = "/settings/sessions/revoke";
    /// Ends all other sessions.
    pub const REVOKE_OTHERS: &str = "/settings/sessions/revoke-others";
    /// Deleting it.
    pub const DELETE: &str = "/settings/delete";
    /// Where password managers look for the page that changes a password.
    pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
    /// Style sheets, the script, the logo.
    pub const ASSET: &str = "/assets/{file}";
}

/// The pages' router: for `serve.rs`, which puts a [`crate::listen::Peer`] into each request's extensions.
#[must_use]
pub fn public(site: Site) -> Router {
    let links = site.settings().links.clone();
    let mut router = Router::new();
    for (path, handler) in table() {
        router = router.route(&links.to(path), handler);
    }
    let base = links.to("");
    if !base.is_empty() {
        // `/auth` beside `/auth/`, and the well-known address that browsers ask for at the root of the host.
        router = router.route(&base, get(account::home::lead));
        router = router.route(path::CHANGE_PASSWORD, get(account::change_password_url::lead));
    }
    router
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::Method)
        .layer(from_fn_with_state(site.clone(), door::pass))
        .with_state(site)
}

fn table() -> [(&'static str, MethodRouter<Site>); 15] {
    [
        (path::HOME, get(account::home::lead)),
        (path::LOGIN, get(login::password::form).post(login::password::submit)),
        (path::GUEST, post(login::guest::submit)),
        (path::SIGNUP, get(login::signup::form).post(login::signup::submit)),
        (path::LOGOUT, get(login::logout::form).post(login::logout::submit)),
        (path::SETTINGS, get(account::settings::show)),
        (path::NAME, post(account::name::submit)),
        (path::EMAIL, post(account::email::submit)),
        (path::PASSWORD, get(account::password::form).post(account::password::submit)),
        (path::SESSIONS, get(account::sessions::show)),
        (path::REVOKE, post(account::sessions::revoke)),
        (path::REVOKE_OTHERS, post(account::sessions::revoke_others)),
        (path::DELETE, get(account::delete::form).post(account::delete::submit)),
        (path::CHANGE_PASSWORD, get(account::change_password_url::lead)),
        (path::ASSET, get(assets::serve)),
    ]
}
