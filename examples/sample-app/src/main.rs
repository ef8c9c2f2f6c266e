//! An application that stands behind Vestibule and only reads headers: no login, no passwords, no sessions of its own.
//! Start here to see what an application has to do (`visitor.rs`: read four headers) and what it never needs to do.

mod echo;
mod page;
mod spa;
mod visitor;

use std::env;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use page::Links;
use visitor::Visitor;

/// What the application is told when it starts; everything comes from the environment.
struct Settings {
    /// `HEADER_PREFIX`: what stands before each identity header.
    prefix: String,
    /// `SIGN_IN_URL`, `SIGN_OUT_URL`, `SETTINGS_URL`: where Vestibule's pages are.
    links: Links,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let setting = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let settings = Settings {
        prefix: setting("HEADER_PREFIX", visitor::DEFAULT_PREFIX),
        links: Links {
            sign_in: setting("SIGN_IN_URL", "/auth/login"),
            sign_out: setting("SIGN_OUT_URL", "/auth/logout"),
            settings: setting("SETTINGS_URL", "/auth/settings"),
        },
    };
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:9000")).await?;
    println!("The sample application listens on {}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    axum::serve(listener, routes(settings))
        .with_graceful_shutdown(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        })
        .await
}

fn routes(settings: Settings) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/private", get(private))
        .route("/admin", get(admin))
        .route("/api/me", get(me))
        .route("/spa", get(async || Redirect::permanent("/spa/")))
        .route("/spa/", get(spa::page))
        .route("/spa/spa.js", get(spa::script))
        .route("/spa/style.css", get(spa::style))
        .route("/echo", axum::routing::any(echo::echo))
        .fallback(missing)
        .with_state(Arc::new(settings))
}

/// Everybody may come in; who you are decides what you see.
async fn home(State(settings): State<Arc<Settings>>, headers: HeaderMap) -> Response {
    let visitor = Visitor::from_headers(&headers, &settings.prefix);
    page::home(visitor.as_ref(), &settings.links).into_response()
}

/// Only for somebody: 401 for the others, as an application answers that knows no login page.
async fn private(State(settings): State<Arc<Settings>>, headers: HeaderMap, uri: Uri) -> Response {
    match Visitor::from_headers(&headers, &settings.prefix) {
        Some(visitor) => page::private(&visitor, &settings.links).into_response(),
        None => (StatusCode::UNAUTHORIZED, page::sign_in_first(uri.path(), &settings.links)).into_response(),
    }
}

/// Only for the role `admin`: that role means something here and nothing to Vestibule.
async fn admin(State(settings): State<Arc<Settings>>, headers: HeaderMap, uri: Uri) -> Response {
    match Visitor::from_headers(&headers, &settings.prefix) {
        Some(visitor) if visitor.has_role("admin") => page::admin(&visitor, &settings.links).into_response(),
        Some(visitor) => (StatusCode::FORBIDDEN, page::not_for_you(&visitor, &settings.links)).into_response(),
        None => (StatusCode::UNAUTHORIZED, page::sign_in_first(uri.path(), &settings.links)).into_response(),
    }
}

/// What the single-page application calls.
async fn me(State(settings): State<Arc<Settings>>, headers: HeaderMap) -> Response {
    spa::me(Visitor::from_headers(&headers, &settings.prefix).as_ref())
}

async fn missing(State(settings): State<Arc<Settings>>, headers: HeaderMap) -> Response {
    let visitor = Visitor::from_headers(&headers, &settings.prefix);
    (StatusCode::NOT_FOUND, page::missing(visitor.as_ref(), &settings.links)).into_response()
}
