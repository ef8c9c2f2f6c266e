//! `GET` and `POST /oauth2/userinfo` (OpenID Connect Core section 5.3): who is this, as the client may know it.
//!
//! A first party's application that shares our site asks by its cookie.

use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};
use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::grant::Scopes;
use vestibule_gate::grant::scope::{FULL_ACCESS, FULL_USERINFO, OPENID};
use vestibule_gate::verdict::{Identity, SessionKind};
use vestibule_ledger::{Fault, User, UserRef, queries};

use crate::web::Site;

use super::claims::{AskedClaims, of_authgear, standard, within};
use super::problem::{OAuthError, not_stored};
use super::request::{ClientForm, bearer};

/// Tells.
pub async fn answer(method: Method, form: ClientForm) -> Response {
    match tell(&method, &form).await {
        Ok(response) => response,
        Err(error) => error.into(),
    }
}

async fn tell(method: &Method, form: &ClientForm) -> Result<Response, OAuthError> {
    // A token may come in the body of a form (RFC 6750 section 2.2), but not in two places.
    let in_body = form.parameters.get("access_token").filter(|_| *method == Method::POST);
    let in_header = form.headers.contains_key(http::header::AUTHORIZATION);
    let identity = match in_body {
        Some(_) if in_header => return Err(OAuthError::invalid_request("there are two access tokens")),
        Some(token) => by_token(&form.site, token).await?,
        None => form.bearer().await?,
    };
    let Some(identity) = identity else { return Err(refused(form, in_body.is_some())) };
    let ledger = form.site.ledger();
    let user = queries::user(ledger, &UserRef::Id(identity.user())).await?.ok_or_else(|| refused(form, true))?;
    let session = queries::session(ledger, identity.session()).await?;
    let asked = AskedClaims::stored(session.and_then(|session| session.claims).as_deref());
    let claims = claims(&identity, &user, &asked).ok_or(
        OAuthError::new("insufficient_scope", "the token is not for this")
            .with_status(StatusCode::FORBIDDEN)
            .with_challenge("Bearer error=\"insufficient_scope\", scope=\"openid\""),
    )?;
    Ok(not_stored(StatusCode::OK, &json!(claims)))
}

/// Whose token this is.
async fn by_token(site: &Site, token: &str) -> Result<Option<Identity>, Fault> {
    let mut headers = HeaderMap::new();
    match format!("Bearer {token}").parse() {
        Ok(value) => headers.insert(http::header::AUTHORIZATION, value),
        Err(_) => return Ok(None),
    };
    bearer(site, &headers).await
}

/// The challenge is RFC 6750's (section 3.1); the body's code is the one by which Authgear's SDK knows that its session
/// is over.
fn refused(form: &ClientForm, in_body: bool) -> OAuthError {
    let settings = form.site.settings();
    let lines = form.headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
    let has_token = in_body || Claims::read(lines, &settings.cookies.names).has(Source::Bearer);
    let challenge =
        if has_token { "Bearer error=\"invalid_token\", error_description=\"invalid session\"" } else { "Bearer" };
    OAuthError::invalid_grant("invalid session").with_status(StatusCode::UNAUTHORIZED).with_challenge(challenge)
}

/// What the holder of this credential may know; `None` when it was not given for this.
fn claims(identity: &Identity, user: &User, asked: &AskedClaims) -> Option<Map<String, Value>> {
    let grant = identity.grant();
    let mut claims = Map::new();
    claims.insert("sub".into(), user.id.to_string().into());
    claims.append(&mut of_authgear(user));
    match grant.kind {
        SessionKind::Cookie => claims.append(&mut standard(user)),
        SessionKind::Token => {
            let scopes = Scopes::parse(&grant.scope).ok().filter(|scopes| scopes.contains(OPENID))?;
            if grant.is_whole || scopes.contains(FULL_ACCESS) || scopes.contains(FULL_USERINFO) {
                claims.append(&mut standard(user));
                claims.insert("custom_attributes".into(), json!({}));
            } else {
                claims.append(&mut within(user, &scopes, asked.at_userinfo()));
            }
        }
        SessionKind::Api if grant.is_whole => claims.append(&mut standard(user)),
        SessionKind::Api | SessionKind::Machine => return None,
    }
    Some(claims)
}
