//! Every path of the public listener in one table. The resolver's paths are in `resolver/`, the operator's in `ops/`.

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
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
        .route(&at("/assets/icon.svg"), get(assets::icon))
        .route(&at("/assets/logo"), get(assets::logo));
    if !base.is_empty() {
        // Password managers ask at the origin's root; and `/auth` is `/auth/`.
        router =
            router.route("/.well-known/change-password", get(change_password::well_known)).route(&base, get(start));
    }
    router
        .fallback(async |visit: Visit| problem::answer(&visit, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async |visit: Visit| problem::answer(&visit, StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn_with_state(site.clone(), one_reading))
        .with_state(site)
}

/// `GET /`: to where people belong, or to sign in first.
async fn start(visit: Visit) -> Response {
    match visit.identity {
        Some(_) => page::see_other(&visit.settings.home),
        None => page::see_other(&visit.path("/login")),
    }
}

/// Refuses a body without a length (smuggling): browsers and proxies never send one to a page.
async fn one_reading(State(site): State<Site>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::TRANSFER_ENCODING) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let mut response = match Visit::from_request_parts(&mut parts, &site).await {
        Ok(visit) => problem::answer(&visit, StatusCode::BAD_REQUEST),
        Err(response) => response,
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
