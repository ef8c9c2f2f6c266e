//! `POST /oauth2/app_session_token`: an application with a refresh token is about to open a page of ours for its user.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes;

use crate::web::when;

use super::json::ClientJson;
use super::problem::{ApiError, not_stored};

/// What is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    refresh_token: String,
}

/// Issues a token for one use within five minutes.
pub async fn post(asked: ClientJson<Asked>) -> Response {
    match issue(&asked).await {
        Ok(response) => response,
        Err(error) => error.into(),
    }
}

async fn issue(asked: &ClientJson<Asked>) -> Result<Response, ApiError> {
    let ledger = asked.visit.site.ledger();
    let token = asked.body.refresh_token.as_bytes();
    if !is_tagged(SecretKind::Refresh, token, ledger.tag_key()) {
        return Err(ApiError::invalid_grant());
    }
    let issued = changes::app_session_token(ledger, TokenHash::of(token)).await?.ok_or(ApiError::invalid_grant())?;
    let result = json!({
        "app_session_token": issued.secret.expose(),
        "expire_at": when::machine(issued.expires_at),
    });
    Ok(not_stored(StatusCode::OK, &json!({ "result": result })))
}
