//! A page for every refusal: what happened and what to do next. JSON for programs. Says nothing that helps a stranger.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use vestibule_gate::time::Span;

use super::page::{self, Layout};
use super::visit::Visit;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    l: Layout,
    title: String,
    text: String,
    request: Option<String>,
}

/// The answer for a status.
#[must_use]
pub fn answer(visit: &Visit, status: StatusCode) -> Response {
    let kind = match status.as_u16() {
        400 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 503 => status.as_str().to_owned(),
        _ => "500".to_owned(),
    };
    let request = visit.request.map(|id| id.to_string());
    if visit.wants_json {
        let error = status.canonical_reason().unwrap_or("error");
        let body = serde_json::json!({ "error": error, "request": request }).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        page::protect(response.headers_mut(), None);
        return response;
    }
    let l = Layout::of(visit);
    let (title, text) = (l.t(&format!("problem-{kind}-title")), l.t(&format!("problem-{kind}-text")));
    page::show(status, &ProblemPage { l, title, text, request }, None)
}

/// The page for an application that asks in a way that leads nowhere. Its developer is told why; nothing of what it sent is
/// repeated, and there is no way on.
#[must_use]
pub fn client(visit: &Visit, why: &str) -> Response {
    let l = Layout::of(visit);
    let (title, text) = (l.t("problem-client-title"), l.with("problem-client-text", why));
    let request = visit.request.map(|id| id.to_string());
    page::show(StatusCode::BAD_REQUEST, &ProblemPage { l, title, text, request }, None)
}

/// Adds when to come back.
pub fn retry_after(response: &mut Response, span: Span) {
    if let Ok(value) = HeaderValue::try_from(span.seconds().max(1).to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

/// The answer when the ledger could not do it.
#[must_use]
pub fn fault(visit: &Visit, fault: &vestibule_ledger::Fault) -> Response {
    tracing::error!(%fault, "a page's change was not made");
    let mut response = answer(visit, StatusCode::SERVICE_UNAVAILABLE);
    retry_after(&mut response, Span::from_seconds(5));
    response
}
