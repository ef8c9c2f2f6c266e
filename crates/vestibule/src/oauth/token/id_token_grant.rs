//! Authgear's id-token grant: an application that is signed in, by token or by cookie, asks for a fresh ID token.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;
use vestibule_gate::grant::Client;
use vestibule_gate::verdict::SessionKind;
use vestibule_ledger::{UserRef, queries};

use crate::oauth::claims::AskedClaims;
use crate::oauth::id_token;
use crate::oauth::problem::{OAuthError, not_stored};
use crate::oauth::request::ClientForm;

/// Makes an ID token that says what is true now.
pub(super) async fn token(form: &ClientForm, client: &Client) -> Result<Response, OAuthError> {
    const NOBODY: OAuthError = OAuthError::invalid_grant("nobody is signed in").with_status(StatusCode::UNAUTHORIZED);
    if !client.may_have_full_access() {
        return Err(OAuthError::new("unauthorized_client", "this grant is for clients with full access"));
    }
    let ledger = form.site.ledger();
    let identity = form.bearer().await?.filter(|identity| identity.grant().is_whole).ok_or(NOBODY)?;
    let grant = identity.grant();
    let is_its_own = match grant.kind {
        SessionKind::Cookie => is_first_party_request(form, client),
        SessionKind::Token => grant.client.as_deref() == Some(client.id.as_str()),
        SessionKind::Api | SessionKind::Machine => false,
    };
    if !is_its_own {
        return Err(NOBODY);
    }
    let session = queries::session(ledger, identity.session()).await?.ok_or(NOBODY)?;
    let user = queries::user(ledger, &UserRef::Id(identity.user())).await?.ok_or(NOBODY)?;
    let about = id_token::About { user: &user, session: &session, nonce: None, asked: AskedClaims::default() };
    let id_token = id_token::make(&form.site, client, &about)?;
    Ok(not_stored(StatusCode::OK, &json!({ "id_token": id_token })))
}

/// A cookie goes along with whatever page sends the form. Only a page of this client, or ours, may ask by it.
fn is_first_party_request(form: &ClientForm, client: &Client) -> bool {
    let mut origins = form.headers.get_all(http::header::ORIGIN).iter();
    let origin = origins.next().and_then(|origin| origin.to_str().ok());
    let own = form.site.settings().public_url.origin();
    let fits = |origin: &str| origin == own || client.cors_origins().iter().any(|allowed| allowed == origin);
    origins.next().is_none() && origin.is_some_and(fits)
}
