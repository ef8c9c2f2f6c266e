//! Every path of the public listener in one table. The resolver's paths are in `resolver/`, the operator's in `ops/`.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};

use crate::account::{delete, email, home, name, password as change_password, sessions};
use crate::login::{guest, log_out, password, sign_up};
use crate::web::{Site, Visit, assets, page, problem};

/// The public listener. Everything lies under the path of `public_url`, which the proxy passes on unchanged.
pub fn public(site: Site) -> Router {
    let base = site.settings().public_url.path().to_owned();
    let at = |path: &str| format!("{base}{path}");
    let mut router = Router::new()
        .route(&at("/"), get(start))
        .route(&at("/login"), get(password::get).post(password::post))
        .route(&at("/login/guest"), post(guest::post))
        .route(&at("/signup"), get(sign_up::get).post(sign_up::post))
        .route(&at("/logout"), get(log_out::get).post(log_out::post))
        .route(&at("/settings"), get(home::get))
        .route(&at("/settings/name"), post(name::post))
        .route(&at("/settings/email"), post(email::post))
        .route(&at("/settings/password"), get(change_password::get).post(change_password::post))
        .route(&at("/settings/sessions"), get(sessions::get))
        .route(&at("/settings/sessions/revoke"), post(sessions::revoke))
        .route(&at("/settings/sessions/revoke-others"), post(sessions::revoke_others))
        .route(&at("/settings/delete"), get(delete::get).post(delete::post))
        .route(&at("/.well-known/change-password"), get(change_password::well_known))
        .route(&at("/assets/app.css"), get(assets::style))
        .route(&at("/assets/app.js"), get(assets::script))
        .route(&at("/assets/logo"), get(assets::logo));
    if !base.is_empty() {
        // Password managers ask at the origin's root; and `/auth` is `/auth/`.
        router =
            router.route("/.well-known/change-password", get(change_password::well_known)).route(&base, get(start));
    }
    router
        .fallback(async |visit: Visit| problem::answer(&visit, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async |visit: Visit| problem::answer(&visit, StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn(one_reading))
        .with_state(site)
}

/// `GET /`: to the account, or to sign in first.
async fn start(visit: Visit) -> Response {
    page::see_other(&visit.path(if visit.identity.is_some() { "/settings" } else { "/login" }))
}

/// Refuses requests whose end two programs could see in different places (smuggling): a length is said once and in
/// digits, or there is no body. Browsers never send anything else to a page.
async fn one_reading(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let lengths = headers.get_all(header::CONTENT_LENGTH).iter().count();
    if headers.contains_key(header::TRANSFER_ENCODING) || lengths > 1 {
        let mut response = (StatusCode::BAD_REQUEST, "Send the body with one Content-Length.\n").into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    }
    next.run(request).await
}
