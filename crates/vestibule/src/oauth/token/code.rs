//! `grant_type=authorization_code` (RFC 6749 section 4.1.3), and the code that Authgear's SDK brings back from a settings
//! page.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use vestibule_gate::grant::Client;
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes::{CodePurpose, Redeem, RedeemError, Redeemed, redeem_code};

use crate::oauth::problem::{OAuthError, not_stored};
use crate::oauth::request::ClientForm;

use super::answer;

/// Exchanges a code for tokens.
pub(super) async fn tokens(form: &ClientForm, client: &Client) -> Result<Response, OAuthError> {
    match redeem(form, client, CodePurpose::Tokens).await? {
        Redeemed::Tokens(issued) => answer(&form.site, client, &issued),
        Redeemed::SettingsAction => Err(DEAD),
    }
}

/// Exchanges a code for the word that the settings page was left in order.
pub(super) async fn settings_action(form: &ClientForm, client: &Client) -> Result<Response, OAuthError> {
    redeem(form, client, CodePurpose::SettingsAction).await?;
    Ok(not_stored(StatusCode::OK, &json!({})))
}

const DEAD: OAuthError = OAuthError::invalid_grant("the code is not valid");

async fn redeem(form: &ClientForm, client: &Client, purpose: CodePurpose) -> Result<Redeemed, OAuthError> {
    let ledger = form.site.ledger();
    let code = form.parameters.get("code").ok_or(OAuthError::invalid_request("code is missing"))?;
    // Made up: not worth a look into the store.
    if !is_tagged(SecretKind::Code, code.as_bytes(), ledger.tag_key()) {
        return Err(DEAD);
    }
    let presented = Redeem {
        client,
        code: TokenHash::of(code.as_bytes()),
        purpose,
        redirect_uri: form.parameters.get("redirect_uri"),
        verifier: form.parameters.get("code_verifier"),
        browser: form.browser(),
    };
    redeem_code(ledger, presented).await.map_err(|error| match error {
        RedeemError::Dead => DEAD,
        RedeemError::Fault(fault) => OAuthError::fault(&fault),
    })
}
