//! The files of the single-page application in `examples/sample-spa`, and the API that it calls. Any web server could give
//! out the files: nothing in them is different for anybody.

use std::fmt::Write as _;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::echo::quoted;
use crate::page::STYLE;
use crate::visitor::Visitor;

type File = ([(HeaderName, &'static str); 3], &'static str);

/// The page.
pub(crate) async fn page() -> File {
    file("text/html; charset=utf-8", include_str!("../../sample-spa/index.html"))
}

/// Its script.
pub(crate) async fn script() -> File {
    file("text/javascript; charset=utf-8", include_str!("../../sample-spa/spa.js"))
}

/// Its style, which is that of our own pages.
pub(crate) async fn style() -> File {
    file("text/css; charset=utf-8", STYLE)
}

/// What a page that holds tokens must say: no script runs in it but its own, and no page has it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

fn file(kind: &'static str, text: &'static str) -> File {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}

/// `{"user_id": .., "headers": {name: value, ..}}`, or 401. It is all the same to the API whether a cookie or a token said
/// who it is.
pub(crate) fn me(visitor: Option<&Visitor>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    let Some(visitor) = visitor else {
        return (StatusCode::UNAUTHORIZED, json, "{\"error\": \"sign in first\"}\n").into_response();
    };
    let mut headers = String::new();
    for (name, value) in &visitor.headers {
        let comma = if headers.is_empty() { "" } else { ", " };
        _ = write!(headers, "{comma}{}: {}", quoted(name), quoted(value));
    }
    let body = format!("{{\"user_id\": {}, \"headers\": {{{headers}}}}}\n", quoted(&visitor.user_id));
    (json, body).into_response()
}
