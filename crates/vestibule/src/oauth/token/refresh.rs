//! `grant_type=refresh_token` (RFC 6749 section 6).

use axum::response::Response;
use vestibule_gate::grant::Client;
use vestibule_gate::token::opaque::{SecretKind, is_tagged};
use vestibule_ledger::changes::{Refresh, RefreshError, refresh};

use crate::oauth::problem::OAuthError;
use crate::oauth::request::ClientForm;

use super::answer;

/// Exchanges a refresh token.
pub(super) async fn tokens(form: &ClientForm, client: &Client) -> Result<Response, OAuthError> {
    const DEAD: OAuthError = OAuthError::invalid_grant("the refresh token is not valid");
    let ledger = form.site.ledger();
    let token = form.parameters.get("refresh_token").ok_or(OAuthError::invalid_request("refresh_token is missing"))?;
    if !is_tagged(SecretKind::Refresh, token.as_bytes(), ledger.tag_key()) {
        return Err(DEAD);
    }
    let asked = Refresh { client, token, scope: form.parameters.get("scope") };
    match refresh(ledger, asked).await {
        Ok(issued) => answer(&form.site, client, &issued),
        Err(RefreshError::Dead) => Err(DEAD),
        Err(RefreshError::Scope) => Err(OAuthError::new("invalid_scope", "more than was granted")),
        Err(RefreshError::Fault(fault)) => Err(OAuthError::fault(&fault)),
    }
}
