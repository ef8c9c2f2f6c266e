//! `GET /.well-known/openid-configuration` (OpenID Connect Discovery 1.0) and `/.well-known/oauth-authorization-server`
//! (RFC 8414): what there is, and where.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use serde_json::{Value, json};
use vestibule_gate::grant::authorize::Prompt;
use vestibule_gate::grant::scope::SUPPORTED;
use vestibule_gate::token::jwt::SigningAlgorithm;

use crate::web::Site;

/// Tells.
pub async fn get(State(site): State<Site>) -> Response {
    let body = document(&site).to_string();
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], body).into_response()
}

fn document(site: &Site) -> Value {
    let issuer = site.settings().public_url.to_string();
    let at = |path: &str| format!("{issuer}{path}");
    let published = site.ledger().keyring().published();
    let keys = &site.ledger().settings().keys;
    let apart = keys.for_assertions.filter(|apart| *apart != keys.algorithm);
    let ours = published.iter().map(|key| key.algorithm()).filter(|algorithm| Some(*algorithm) != apart);
    let mut algorithms: Vec<&str> = ours.map(SigningAlgorithm::as_str).collect();
    algorithms.sort_unstable();
    algorithms.dedup();
    let authentication = ["none", "client_secret_post", "client_secret_basic"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth2/authorize"),
        "token_endpoint": at("/oauth2/token"),
        "userinfo_endpoint": at("/oauth2/userinfo"),
        "revocation_endpoint": at("/oauth2/revoke"),
        "introspection_endpoint": at("/oauth2/introspect"),
        "end_session_endpoint": at("/oauth2/end_session"),
        "jwks_uri": at("/oauth2/jwks"),
        "response_types_supported": ["code", "urn:authgear:params:oauth:response-type:settings-action", "none"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "scopes_supported": SUPPORTED,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint_auth_methods_supported": authentication,
        "introspection_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": [
            "iss", "aud", "iat", "exp", "sub", "auth_time", "sid", "amr", "azp", "nonce", "name", "preferred_username",
            "email", "email_verified", "updated_at", "given_name", "family_name", "middle_name", "nickname", "profile",
            "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified",
            "address",
        ],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        // Left out they would mean yes (Discovery section 3).
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": Prompt::VALUES,
        "ui_locales_supported": crate::texts::languages(),
    })
}
