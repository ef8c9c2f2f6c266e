//! `POST /oauth2/introspect` (RFC 7662): a client that has authenticated asks what a token is worth. About another
//! client's token, as about one that is over, it learns nothing.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use vestibule_gate::grant::Client;
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::changes::Token;
use vestibule_ledger::{SessionInfo, queries};

use super::problem::{OAuthError, not_stored};
use super::request::{ClientForm, bearer};
use super::{client_auth, revoke};

/// Tells.
pub async fn post(form: ClientForm) -> Response {
    match introspect(&form).await {
        Ok(body) => not_stored(StatusCode::OK, &body),
        Err(error) => error.into(),
    }
}

async fn introspect(form: &ClientForm) -> Result<Value, OAuthError> {
    let record = client_auth::authenticate(form.site.ledger(), &form.headers, &form.parameters).await?;
    // Everybody can be a public client.
    if record.client.kind.is_public() {
        return Err(OAuthError::invalid_client(false));
    }
    let text = form.parameters.get("token").ok_or(OAuthError::invalid_request("token is missing"))?;
    let told = match revoke::token(&form.site, text) {
        Some(Token::Refresh(hash)) => {
            let session = queries::refresh_session(form.site.ledger(), hash).await?;
            session.and_then(|session| of_refresh_token(form, &record.client, &session))
        }
        Some(Token::Access(_)) => of_access_token(form, &record.client, text).await?,
        None => None,
    };
    Ok(told.unwrap_or_else(|| json!({ "active": false })))
}

fn of_refresh_token(form: &ClientForm, client: &Client, session: &SessionInfo) -> Option<Value> {
    (session.client.as_ref() == Some(&client.id)).then(|| {
        json!({
            "active": true,
            "iss": form.site.settings().public_url.to_string(),
            "sub": session.user.to_string(),
            "client_id": client.id.as_str(),
            "scope": session.scope,
            "exp": session.expires_at.unix_seconds(),
        })
    })
}

async fn of_access_token(form: &ClientForm, client: &Client, text: &str) -> Result<Option<Value>, OAuthError> {
    let mut headers = HeaderMap::new();
    let Ok(value) = format!("Bearer {text}").parse() else { return Ok(None) };
    headers.insert(http::header::AUTHORIZATION, value);
    let Some(identity) = bearer(&form.site, &headers).await? else { return Ok(None) };
    let grant = identity.grant();
    if grant.client.as_deref() != Some(client.id.as_str()) {
        return Ok(None);
    }
    let now = form.site.ledger().now();
    let kind = if grant.kind == SessionKind::Machine { "machine" } else { "user" };
    Ok(Some(json!({
        "active": true,
        "iss": form.site.settings().public_url.to_string(),
        "sub": identity.user().to_string(),
        "client_id": client.id.as_str(),
        "token_type": "Bearer",
        "scope": &*grant.scope,
        "exp": now.plus(identity.remaining(now)).unix_seconds(),
        "x_subject_kind": kind,
    })))
}
