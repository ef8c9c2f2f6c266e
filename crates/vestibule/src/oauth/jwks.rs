//! `GET /oauth2/jwks` (RFC 7517 section 5): the public keys that our tokens are verified with.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, header};
use vestibule_gate::token::opaque::TokenHash;

use super::problem::OAuthError;
use crate::web::Site;

/// Shows them. Whoever has them already is told so. Kept for much less than a new key waits before it signs. A node that may
/// not know what others have made reads them, or shows none: an old list would be kept.
pub async fn get(State(site): State<Site>, headers: HeaderMap) -> Response {
    if let Err(fault) = site.ledger().know_keys().await {
        return OAuthError::from(fault).into();
    }
    let body = site.ledger().keyring().published().to_jwks();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&TokenHash::of(body.as_bytes()).bytes()[..12]));
    let has_it = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| value.as_bytes() == tag.as_bytes());
    let seconds = site.ledger().settings().keys.published_for().seconds();
    let kept = [(header::CACHE_CONTROL, format!("public, max-age={seconds}")), (header::ETAG, tag)];
    if has_it {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
