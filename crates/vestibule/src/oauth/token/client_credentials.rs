//! `grant_type=client_credentials` (RFC 6749 section 4.4): a machine speaks for itself.

use axum::response::Response;
use vestibule_gate::grant::scope::OPENID;
use vestibule_gate::grant::{ClientKind, Scopes};
use vestibule_ledger::ClientRecord;
use vestibule_ledger::changes::client_credentials;

use crate::oauth::problem::OAuthError;
use crate::oauth::request::ClientForm;

use super::answer;

/// The longest audience, in bytes.
const MAX_RESOURCE: usize = 500;

/// Issues an access token for the client's service.
pub(super) async fn tokens(form: &ClientForm, record: &ClientRecord) -> Result<Response, OAuthError> {
    let client = &record.client;
    let service = match (client.kind, record.service) {
        (ClientKind::Machine, Some(service)) => service,
        _ => return Err(OAuthError::new("unauthorized_client", "this grant is for clients of the kind machine")),
    };
    let asked = form.parameters.get("scope").unwrap_or_default();
    let refused = || OAuthError::new("invalid_scope", "the client may not have this scope");
    let scope = if asked.is_empty() {
        String::new()
    } else {
        let scopes = Scopes::parse(asked).map_err(|_| refused())?;
        // Nobody has signed in, so there is nobody to tell of.
        if scopes.contains(OPENID) || !scopes.iter().all(|scope| client.scopes.iter().any(|own| own == scope)) {
            return Err(refused());
        }
        scopes.as_text()
    };
    let own = form.site.settings().public_url.to_string();
    let audience = form.parameters.get("resource").filter(|resource| resource.trim_end_matches('/') != own);
    if audience.is_some_and(|resource| resource.len() > MAX_RESOURCE || url::Url::parse(resource).is_err()) {
        return Err(OAuthError::new("invalid_target", "resource is not a URL"));
    }
    let audience = audience.map(str::to_owned);
    let issued = client_credentials(form.site.ledger(), client, service, &scope, audience, &form.browser()).await?;
    let issued = issued.ok_or(OAuthError::invalid_grant("the client's service is disabled"))?;
    answer(&form.site, client, &issued)
}
