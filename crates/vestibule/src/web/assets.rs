//! Style sheet, script and logo: same origin, no inline style or script anywhere.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use super::site::Site;

const STYLE: &str = include_str!("../assets/app.css");
const SCRIPT: &str = include_str!("../assets/app.js");

/// `GET /assets/app.css`: the look, and the operator's colours.
pub async fn style(State(site): State<Site>) -> Response {
    let colours = site.settings().brand.colours.clone();
    asset("text/css; charset=utf-8", format!("{colours}{STYLE}").into_bytes())
}

/// `GET /assets/app.js`: only makes things nicer.
pub async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT.as_bytes().to_vec())
}

/// `GET /assets/logo`: the operator's logo. A strict policy of its own: an SVG can hold scripts.
pub async fn logo(State(site): State<Site>) -> Response {
    match &site.settings().brand.logo {
        Some((bytes, kind)) => asset(kind, bytes.clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn asset(kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ];
    (headers, bytes).into_response()
}
