//! `POST /api/anonymous_user/signup` and `/promotion_code`: an application lets somebody in as a guest, who may become
//! somebody later under the same id. Off unless `[anonymous] enabled`, and limited by address: anybody can ask.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_gate::grant::scope::{FULL_ACCESS, OFFLINE_ACCESS, OPENID};
use vestibule_gate::grant::{ClientId, Scopes};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_ledger::changes::{
    self, GuestError, Issued, Refresh, RefreshError, continue_as_guest, guest_with_tokens, refresh,
};
use vestibule_ledger::{ClientRecord, queries};

use crate::web::when;

use super::json::ClientJson;
use super::problem::{ApiError, not_stored};
use super::token;

/// What a sign-up sends.
#[derive(Deserialize)]
pub struct SignUp {
    client_id: String,
    session_type: SessionType,
    refresh_token: Option<String>,
}

/// What somebody who wants to become a user sends.
#[derive(Deserialize)]
pub struct Promote {
    session_type: SessionType,
    refresh_token: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum SessionType {
    Cookie,
    RefreshToken,
}

/// Lets a guest in.
pub async fn sign_up(asked: ClientJson<SignUp>) -> Response {
    match admit(&asked).await {
        Ok(response) => response,
        Err(error) => error.into(),
    }
}

async fn admit(asked: &ClientJson<SignUp>) -> Result<Response, ApiError> {
    let client = client(asked).await?;
    match asked.body.session_type {
        SessionType::Cookie => with_cookie(asked).await,
        SessionType::RefreshToken => with_tokens(asked, &client).await,
    }
}

async fn client(asked: &ClientJson<SignUp>) -> Result<ClientRecord, ApiError> {
    let unknown = ApiError::new(StatusCode::BAD_REQUEST, "Invalid", "InvalidClientID", "there is no such client");
    let Ok(id) = ClientId::parse(&asked.body.client_id) else { return Err(unknown) };
    let found = queries::client(asked.visit.site.ledger(), &id).await?;
    found.filter(|record| record.client.kind.is_public()).ok_or(unknown)
}

/// In cookie mode whoever is here as a guest stays who they are.
async fn with_cookie(asked: &ClientJson<SignUp>) -> Result<Response, ApiError> {
    let visit = &asked.visit;
    let nothing = || not_stored(StatusCode::OK, &json!({ "result": {} }));
    match &visit.identity {
        Some(identity) if identity.is_anonymous() => return Ok(nothing()),
        Some(_) => return Err(ApiError::bad_request("user logged in as normal user")),
        None => {}
    }
    let guest = continue_as_guest(visit.site.ledger(), asked.browser()).await.map_err(refused)?;
    let mut response = nothing();
    let lines = visit.settings.cookies.signed_in(&guest, visit.site.ledger().tag_key(), visit.site.ledger().now());
    visit.set_cookies(&mut response, lines);
    Ok(response)
}

async fn with_tokens(asked: &ClientJson<SignUp>, record: &ClientRecord) -> Result<Response, ApiError> {
    let ledger = asked.visit.site.ledger();
    if let Some(token) = &asked.body.refresh_token
        && let Some((_, is_guest)) = of_refresh_token(asked, token).await?
    {
        if !is_guest {
            return Err(ApiError::bad_request("user logged in as normal user"));
        }
        // Asked again, a guest stays who they are.
        match refresh(ledger, Refresh { client: &record.client, token, scope: None }).await {
            Ok(issued) => return tokens(asked, record, &issued),
            Err(RefreshError::Dead | RefreshError::Scope) => {}
            Err(RefreshError::Fault(fault)) => return Err(fault.into()),
        }
    }
    let all = format!("{OPENID} {OFFLINE_ACCESS} {FULL_ACCESS}");
    let scopes = Scopes::parse(&all).map_err(|_| ApiError::bad_request("the scopes cannot be granted"))?;
    let issued = guest_with_tokens(ledger, &record.client, &scopes, &asked.browser()).await.map_err(refused)?;
    tokens(asked, record, &issued)
}

/// The answer with tokens, without an ID token, as the SDK expects it.
fn tokens(asked: &ClientJson<SignUp>, record: &ClientRecord, issued: &Issued) -> Result<Response, ApiError> {
    let mut result = token::body(&asked.visit.site, &record.client, issued)
        .map_err(|_| ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "NoKey", "try again"))?;
    result.remove("id_token");
    result.remove("scope");
    Ok(not_stored(StatusCode::OK, &json!({ "result": Value::Object(result) })))
}

fn refused(error: GuestError) -> ApiError {
    match error {
        GuestError::Closed => {
            ApiError::new(StatusCode::FORBIDDEN, "Forbidden", "Forbidden", "there are no guests here")
        }
        GuestError::Limited(_) => {
            ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequest", "RateLimited", "too many guests, try later")
        }
        GuestError::Fault(fault) => fault.into(),
    }
}

/// Issues a code with which the guest can become somebody.
pub async fn promotion_code(asked: ClientJson<Promote>) -> Response {
    match promote(&asked).await {
        Ok(response) => response,
        Err(error) => error.into(),
    }
}

async fn promote(asked: &ClientJson<Promote>) -> Result<Response, ApiError> {
    const NOBODY: ApiError =
        ApiError::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized", "no guest is here");
    let ledger = asked.visit.site.ledger();
    let (user, session) = match (asked.body.session_type, &asked.body.refresh_token) {
        (SessionType::RefreshToken, Some(token)) => {
            of_refresh_token(asked, token).await?.ok_or(ApiError::invalid_grant())?.0
        }
        (SessionType::RefreshToken, None) => return Err(ApiError::bad_request("refresh_token is missing")),
        (SessionType::Cookie, _) => {
            let identity = asked.visit.identity.as_ref().ok_or(NOBODY)?;
            (identity.user(), identity.session())
        }
    };
    let issued = changes::promotion_code(ledger, user, session).await?.ok_or(NOBODY)?;
    let result = json!({ "promotion_code": issued.secret.expose(), "expire_at": when::machine(issued.expires_at) });
    Ok(not_stored(StatusCode::OK, &json!({ "result": result })))
}

type Owner = ((UserId, SessionId), bool);

/// Whose refresh token this is, and whether that is a guest.
async fn of_refresh_token<T>(asked: &ClientJson<T>, token: &str) -> Result<Option<Owner>, ApiError> {
    let ledger = asked.visit.site.ledger();
    if !is_tagged(SecretKind::Refresh, token.as_bytes(), ledger.tag_key()) {
        return Ok(None);
    }
    let session = queries::refresh_session(ledger, TokenHash::of(token.as_bytes())).await?;
    let Some(session) = session else { return Ok(None) };
    let user = queries::user(ledger, &vestibule_ledger::UserRef::Id(session.user)).await?;
    Ok(user.map(|user| ((session.user, session.id), user.anonymous)))
}
