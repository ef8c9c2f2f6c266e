//! `POST /oauth2/challenge`: something that nobody else knows, for a device to sign.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use vestibule_ledger::changes;

use crate::web::when;

use super::json::ClientJson;
use super::problem::{ApiError, not_stored};

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    purpose: Purpose,
}

#[derive(Deserialize)]
enum Purpose {
    #[serde(rename = "anonymous_request")]
    Anonymous,
    #[serde(rename = "biometric_request")]
    Biometric,
    #[serde(rename = "app2app_request")]
    AnotherApp,
}

/// Issues one for one use within five minutes.
pub async fn post(asked: ClientJson<Asked>) -> Response {
    let (Purpose::Anonymous | Purpose::Biometric | Purpose::AnotherApp) = asked.body.purpose;
    match changes::challenge(asked.visit.site.ledger()) {
        Ok(issued) => {
            let result = json!({ "token": issued.secret.expose(), "expire_at": when::machine(issued.expires_at) });
            not_stored(StatusCode::OK, &json!({ "result": result }))
        }
        Err(fault) => ApiError::from(fault).into(),
    }
}
