//! Which pages of other origins may read our answers (the Fetch standard's CORS protocol).
//!
//! With credentials, only the origins of spa and web clients and our own: a third party's page on the same site could
//! read its visitor's userinfo by their cookie otherwise. The authorization endpoint has none at all (RFC 9700 section
//! 2.6): nobody may read what it answers.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use vestibule_ledger::queries;

use crate::web::Site;

/// How long a browser remembers, in seconds: as long as Authgear's.
const MAX_AGE: &str = "900";

/// For what anybody may read: discovery and keys.
pub async fn public(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// For what first-party pages may read, with credentials. Answers the preflight itself.
pub async fn first_party(State(site): State<Site>, request: Request, next: Next) -> Response {
    let origin = only_origin(request.headers());
    let allowed = match &origin {
        Some(origin) => is_first_party(&site, origin).await,
        None => false,
    };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut response = if is_preflight { StatusCode::OK.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin.filter(|_| allowed) else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        if let Some(asked) = asked {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
        }
    } else {
        // Or a client could not tell why it was refused.
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate"));
    }
    response
}

/// The origin of the page that asks, unless there are two of them.
fn only_origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.next().filter(|_| origins.next().is_none()).cloned()
}

/// Whether this is our own origin, or that of a spa or web client.
async fn is_first_party(site: &Site, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if origin == site.settings().public_url.origin() {
        return true;
    }
    match queries::clients(site.ledger()).await {
        Ok(clients) => clients.iter().any(|record| record.client.cors_origins().iter().any(|own| own == origin)),
        Err(fault) => {
            tracing::error!(%fault, "whose page asks cannot be known");
            false
        }
    }
}
