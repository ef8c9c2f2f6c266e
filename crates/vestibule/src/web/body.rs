//! The bytes of a form or of a JSON document that a request brings: bounded in size and in time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

/// The largest body, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// How long a body may take to arrive once its head has.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The bytes of a form.
///
/// # Errors
/// The status that says why there are none.
pub async fn form(headers: &HeaderMap, body: Body) -> Result<Bytes, StatusCode> {
    read(headers, body, "application/x-www-form-urlencoded").await
}

/// The bytes of a JSON document. A page of another origin can send one only after a preflight.
///
/// # Errors
/// The status that says why there are none.
pub async fn json(headers: &HeaderMap, body: Body) -> Result<Bytes, StatusCode> {
    read(headers, body, "application/json").await
}

async fn read(headers: &HeaderMap, body: Body, media_type: &str) -> Result<Bytes, StatusCode> {
    if !is(headers, media_type) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    match timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The media type is compared whole, and its parameters do not matter.
fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(media_type)
}
