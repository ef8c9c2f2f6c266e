//! Errors as OAuth clients read them (RFC 6749 section 5.2), and as Authgear's SDK reads those of its own endpoints.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use vestibule_ledger::Fault;

/// An error of the token endpoint and its like.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: StatusCode,
    code: &'static str,
    description: &'static str,
    challenge: Option<&'static str>,
}

impl OAuthError {
    /// 400 with this code.
    pub(super) const fn new(code: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description, challenge: None }
    }

    /// Something is missing, twice there, or unreadable.
    pub(super) const fn invalid_request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    /// A code or a token that is no good, for whatever reason: which one is nobody's business.
    pub(super) const fn invalid_grant(description: &'static str) -> Self {
        Self::new("invalid_grant", description)
    }

    /// The client is not who it says. `used_basic`: it said so in an Authorization header (RFC 6749 section 5.2).
    pub(super) const fn invalid_client(used_basic: bool) -> Self {
        let challenge = if used_basic { Some("Basic realm=\"token\"") } else { None };
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_client",
            description: "the client is not known, or did not authenticate as it must",
            challenge,
        }
    }

    /// With another status.
    pub(super) const fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// With a challenge (RFC 9110 section 11.6.1).
    pub(super) const fn with_challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// The store could not tell.
    pub(super) fn fault(fault: &Fault) -> Self {
        tracing::error!(%fault, "a client could not be answered");
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "temporarily_unavailable",
            description: "try again in a moment",
            challenge: None,
        }
    }
}

impl From<OAuthError> for Response {
    fn from(error: OAuthError) -> Self {
        let body = json!({ "error": error.code, "error_description": error.description });
        let mut response = not_stored(error.status, &body);
        if let Some(challenge) = error.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if error.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<Fault> for OAuthError {
    fn from(fault: Fault) -> Self {
        Self::fault(&fault)
    }
}

/// A JSON answer that nobody keeps (RFC 6749 section 5.1).
pub(super) fn not_stored(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// An error of the endpoints that only the SDK calls: it tells them apart by `reason`, and signs out when that is
/// `InvalidGrant`.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    name: &'static str,
    reason: &'static str,
    message: &'static str,
}

impl ApiError {
    /// One with its status.
    pub(super) const fn new(
        status: StatusCode,
        name: &'static str,
        reason: &'static str,
        message: &'static str,
    ) -> Self {
        Self { status, name, reason, message }
    }

    /// The request cannot be read.
    pub(super) const fn bad_request(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", "BadRequest", message)
    }

    /// The refresh token is no good.
    pub(super) const fn invalid_grant() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", "InvalidGrant", "the refresh token is not valid")
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "an application could not be answered");
        let message = "try again in a moment";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "ServiceUnavailable", message)
    }
}

impl From<ApiError> for Response {
    fn from(error: ApiError) -> Self {
        let body = json!({ "error": {
            "name": error.name,
            "reason": error.reason,
            "message": error.message,
            "code": error.status.as_u16(),
            "info": {},
        } });
        not_stored(error.status, &body)
    }
}
