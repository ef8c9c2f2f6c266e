//! `POST /oauth2/token` (RFC 6749 section 3.2): a file a grant.

mod client_credentials;
mod code;
mod id_token_grant;
mod refresh;

use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use vestibule_gate::grant::scope::OPENID;
use vestibule_gate::grant::{Client, Scopes};
use vestibule_ledger::changes::{Access, Issued};

use crate::web::Site;

use super::claims::AskedClaims;
use super::problem::{OAuthError, not_stored};
use super::request::ClientForm;
use super::{client_auth, id_token};

/// Answers a client that asks for tokens.
pub async fn post(form: ClientForm) -> Response {
    match grant(&form).await {
        Ok(response) => response,
        Err(error) => error.into(),
    }
}

async fn grant(form: &ClientForm) -> Result<Response, OAuthError> {
    let grant_type = form.parameters.get("grant_type").ok_or(OAuthError::invalid_request("grant_type is missing"))?;
    let client = client_auth::authenticate(form.site.ledger(), &form.headers, &form.parameters).await?;
    // Before anything is used up: what cannot be signed then would be lost.
    form.site.ledger().know_keys().await?;
    match grant_type {
        "authorization_code" => code::tokens(form, &client.client).await,
        "urn:authgear:params:oauth:grant-type:settings-action" => code::settings_action(form, &client.client).await,
        "refresh_token" => refresh::tokens(form, &client.client).await,
        "client_credentials" => client_credentials::tokens(form, &client).await,
        "urn:authgear:params:oauth:grant-type:id-token" => id_token_grant::token(form, &client.client).await,
        _ => Err(OAuthError::new("unsupported_grant_type", "this grant is not given here")),
    }
}

/// The successful answer (RFC 6749 section 5.1; OpenID Connect Core section 3.1.3.3).
fn answer(site: &Site, client: &Client, issued: &Issued) -> Result<Response, OAuthError> {
    Ok(not_stored(StatusCode::OK, &json!(body(site, client, issued)?)))
}

/// The members of that answer.
pub(super) fn body(site: &Site, client: &Client, issued: &Issued) -> Result<Map<String, Value>, OAuthError> {
    let mut body = Map::new();
    let now = site.ledger().now();
    body.insert("access_token".into(), access_token(site, client, issued)?.into());
    body.insert("token_type".into(), "Bearer".into());
    body.insert("expires_in".into(), issued.access.expires_at.since(now).seconds().into());
    if !issued.scope.is_empty() {
        body.insert("scope".into(), issued.scope.clone().into());
    }
    if let Some(refresh) = &issued.refresh {
        body.insert("refresh_token".into(), refresh.expose().into());
    }
    if Scopes::parse(&issued.scope).is_ok_and(|scopes| scopes.contains(OPENID)) {
        let about = id_token::About {
            user: &issued.user,
            session: &issued.session,
            nonce: issued.request.nonce.as_deref(),
            asked: AskedClaims::stored(issued.request.claims.as_deref()),
        };
        body.insert("id_token".into(), id_token::make(site, client, &about)?.into());
    }
    Ok(body)
}

/// The secret itself, or the JWT around its `jti` (RFC 9068).
fn access_token(site: &Site, client: &Client, issued: &Issued) -> Result<String, OAuthError> {
    let Access { secret, is_jwt, .. } = &issued.access;
    if *is_jwt { id_token::make_access(site, client, issued) } else { Ok(secret.expose().to_owned()) }
}
