//! Every path of the public listener in one table. The resolver's paths are in `resolver/`, the operator's in `ops/`.

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};

use crate::account::{apps, delete, email, home, name, password as change_password, sessions, tokens};
use crate::login::{guest, log_out, password, sign_up};
use crate::oauth::{
    anonymous, app_session_token, authorize, challenge, consent, cors, discovery, end_session, introspect, jwks,
    revoke, token, userinfo,
};
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
        .route(&at("/settings/apps"), get(apps::get))
        .route(&at("/settings/apps/revoke"), post(apps::revoke))
        .route(&at("/settings/tokens"), get(tokens::get).post(tokens::post))
        .route(&at("/settings/tokens/revoke"), post(tokens::revoke))
        .route(&at("/settings/delete"), get(delete::get).post(delete::post))
        .route(&at("/.well-known/change-password"), get(change_password::well_known))
        .route(&at("/assets/app.css"), get(assets::style))
        .route(&at("/assets/app.js"), get(assets::script))
        .route(&at("/assets/icon.svg"), get(assets::icon))
        .route(&at("/assets/logo"), get(assets::logo));
    router = router.merge(oauth(&site, &base));
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

/// The OpenID provider. What applications read across origins is in the two layers, and the rest nobody reads.
fn oauth(site: &Site, base: &str) -> Router<Site> {
    let at = |path: &str| format!("{base}{path}");
    let mut public = Router::new()
        .route(&at("/.well-known/openid-configuration"), get(discovery::get))
        .route(&at("/.well-known/oauth-authorization-server"), get(discovery::get))
        .route(&at("/oauth2/jwks"), get(jwks::get));
    let mut first_party = Router::new()
        .route(&at("/oauth2/token"), post(token::post).options(preflight))
        .route(&at("/oauth2/userinfo"), get(userinfo::answer).post(userinfo::answer).options(preflight))
        .route(&at("/oauth2/revoke"), post(revoke::post).options(preflight))
        .route(&at("/oauth2/app_session_token"), post(app_session_token::post).options(preflight))
        .route(&at("/oauth2/challenge"), post(challenge::post).options(preflight))
        .route(&at("/api/anonymous_user/signup"), post(anonymous::sign_up).options(preflight))
        .route(&at("/api/anonymous_user/promotion_code"), post(anonymous::promotion_code).options(preflight));
    let mut nobody = Router::new()
        .route(&at("/oauth2/authorize"), get(authorize::get).head(not_allowed).post(authorize::post))
        .route(&at("/oauth2/consent"), post(consent::post))
        .route(&at("/oauth2/introspect"), post(introspect::post))
        .route(&at("/oauth2/end_session"), get(end_session::get).head(not_allowed).post(end_session::post))
        .route(&at("/oauth2/end_session/confirm"), post(end_session::confirm));
    if !base.is_empty() {
        // RFC 8414 section 3 puts the path behind; and the SDK asks for these at the origin's root.
        public = public.route(&format!("/.well-known/oauth-authorization-server{base}"), get(discovery::get));
        first_party = first_party
            .route("/oauth2/app_session_token", post(app_session_token::post).options(preflight))
            .route("/oauth2/challenge", post(challenge::post).options(preflight))
            .route("/api/anonymous_user/signup", post(anonymous::sign_up).options(preflight))
            .route("/api/anonymous_user/promotion_code", post(anonymous::promotion_code).options(preflight));
        // A path of that name is answered by `public`.
        if base != "/settings" {
            nobody = nobody.route("/settings", get(home::at_the_root));
        }
    }
    public
        .layer(middleware::from_fn(cors::public))
        .merge(first_party.layer(middleware::from_fn_with_state(site.clone(), cors::first_party)))
        .merge(nobody)
}

/// These change something by GET, as the standards want it; a HEAD would do so unseen.
async fn not_allowed(visit: Visit) -> Response {
    problem::answer(&visit, StatusCode::METHOD_NOT_ALLOWED)
}

/// Only to be there: the layer around it answers preflights.
async fn preflight() -> StatusCode {
    StatusCode::OK
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
