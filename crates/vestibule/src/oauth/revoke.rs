//! `POST /oauth2/revoke` (RFC 7009). A token is enough: whoever holds it may end it. A client that says who it is must be
//! who it says, and ends its own tokens only.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use vestibule_gate::token::jwt::{Audience, Expected, Expiry, TokenType, verify};
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes::{Token, revoke_token};

use crate::web::Site;

use super::client_auth;
use super::problem::OAuthError;
use super::request::ClientForm;

/// Revokes. 200 and nothing else, whatever the token was (section 2.2): the SDK takes no other answer.
pub async fn post(form: ClientForm) -> Response {
    match revoke(&form).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => error.into(),
    }
}

async fn revoke(form: &ClientForm) -> Result<(), OAuthError> {
    let ledger = form.site.ledger();
    let text = form.parameters.get("token").ok_or(OAuthError::invalid_request("token is missing"))?;
    let client = client_auth::authenticate_if_named(ledger, &form.headers, &form.parameters).await?;
    if let Some(token) = token(&form.site, text) {
        revoke_token(ledger, token, client.as_ref().map(|record| &record.client.id)).await?;
    }
    Ok(())
}

/// A token of ours, as the store knows it.
pub(super) fn token(site: &Site, text: &str) -> Option<Token> {
    let ledger = site.ledger();
    let is = |kind| is_tagged(kind, text.as_bytes(), ledger.tag_key());
    if is(SecretKind::Refresh) {
        return Some(Token::Refresh(TokenHash::of(text.as_bytes())));
    }
    if is(SecretKind::Access) {
        return Some(Token::Access(TokenHash::of(text.as_bytes())));
    }
    let expected = Expected {
        token_type: TokenType::Access,
        issuer: &site.settings().public_url.to_string(),
        audience: Audience::Anybody,
        expiry: Expiry::Ignored,
    };
    let verified = verify(text, &ledger.keyring().published(), &expected, ledger.now()).ok()?;
    verified.text("jti").map(|jti| Token::Access(TokenHash::of(jti.as_bytes())))
}
