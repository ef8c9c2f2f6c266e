//! When a request gets no answer of its own: what happened, what to do next, and a number to tell the operator.
//!
//! A handler returns a [`Problem`]; the door ([`super::door`]) makes it the page, in the person's language, or JSON for
//! a program. Nothing of the inside is told: no cause, no path, no name.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use vestibule_gate::time::Span;
use vestibule_ledger::Fault;

use crate::texts::Texts;

/// Seconds after which to try again when the hashing threads are busy or the store is gone.
const SOON: i64 = 5;

/// Why a request gets no answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It has two readings, or none.
    BadRequest,
    /// Its framing has two readings: the connection must not be used again (request smuggling).
    Framing,
    /// A form from somewhere else.
    CrossSite,
    /// There is no such page.
    NotFound,
    /// There are pages here, but not for this method.
    Method,
    /// It did not arrive in time.
    TooSlow,
    /// The form is too long.
    TooLarge,
    /// Not the kind of form that browsers send.
    MediaType,
    /// Too many attempts.
    Limited(Span),
    /// Guests are switched off.
    GuestsClosed,
    /// Too much to do.
    Busy,
    /// It cannot be known or done now.
    Fault,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "a page could not be answered");
        Self::Fault
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::Fault
    }
}

impl Problem {
    /// The status on the wire.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::Framing => StatusCode::BAD_REQUEST,
            Self::CrossSite | Self::GuestsClosed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Fault => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Seconds to wait, for `Retry-After`.
    #[must_use]
    pub const fn retry_after(self) -> Option<i64> {
        match self {
            Self::Limited(span) => Some(seconds(span)),
            Self::Busy | Self::Fault => Some(SOON),
            Self::BadRequest
            | Self::Framing
            | Self::CrossSite
            | Self::NotFound
            | Self::Method
            | Self::TooSlow
            | Self::TooLarge
            | Self::MediaType
            | Self::GuestsClosed => None,
        }
    }

    /// Whether the connection must end with the answer: what follows on it cannot be told from the rest of this.
    #[must_use]
    pub const fn closes(self) -> bool {
        matches!(self, Self::Framing | Self::TooLarge | Self::TooSlow)
    }

    /// The heading, and what to do.
    #[must_use]
    pub fn words(self, texts: &Texts) -> (String, String) {
        let (heading, text) = match self {
            Self::BadRequest | Self::Framing => {
                (texts.say("problem-bad-request-heading"), texts.say("problem-bad-request"))
            }
            Self::CrossSite => (texts.say("problem-cross-site-heading"), texts.say("problem-cross-site")),
            Self::NotFound => (texts.say("problem-not-found-heading"), texts.say("problem-not-found")),
            Self::Method => (texts.say("problem-method-heading"), texts.say("problem-method")),
            Self::TooSlow => (texts.say("problem-too-slow-heading"), texts.say("problem-too-slow")),
            Self::TooLarge => (texts.say("problem-too-large-heading"), texts.say("problem-too-large")),
            Self::MediaType => (texts.say("problem-media-type-heading"), texts.say("problem-media-type")),
            Self::Limited(span) => (texts.say("problem-limited-heading"), limited(texts, span)),
            Self::GuestsClosed => (texts.say("problem-guests-closed-heading"), texts.say("problem-guests-closed")),
            Self::Busy => (texts.say("problem-busy-heading"), texts.say("busy")),
            Self::Fault => (texts.say("problem-fault-heading"), texts.say("problem-fault")),
        };
        (heading.to_string(), text.to_string())
    }
}

/// "Wait so many minutes": rounded up, so that whoever waits them is not refused again.
fn limited(texts: &Texts, span: Span) -> crate::texts::Saying {
    texts.say("limited").count("minutes", seconds(span).saturating_add(59) / 60)
}

/// Whole seconds, rounded up, at least one.
const fn seconds(span: Span) -> i64 {
    let whole = span.millis().saturating_add(999) / 1000;
    if whole < 1 { 1 } else { whole }
}

impl IntoResponse for Problem {
    /// An empty answer that says what the door must make of it.
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
