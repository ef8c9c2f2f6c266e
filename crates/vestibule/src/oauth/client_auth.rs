//! Which client asks at the token endpoint and its like (RFC 6749 section 2.3).
//!
//! A client names itself in the body, or in a Basic header, never in both. A public one has no secret, and one that is not
//! public must show it. A Bearer header is no client authentication: the id-token grant brings one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use vestibule_gate::grant::{ClientId, Parameters};
use vestibule_ledger::{ClientRecord, Ledger, queries};

use super::problem::OAuthError;

/// What a request says of its client.
#[derive(Debug)]
struct Named {
    id: ClientId,
    secret: Option<String>,
    basic: bool,
}

/// The client, authenticated as its kind must be.
///
/// # Errors
/// `invalid_client` for whoever is not who they say, `invalid_request` for what cannot be read.
pub(super) async fn authenticate(
    ledger: &Ledger,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<ClientRecord, OAuthError> {
    let named = named(headers, parameters)?.ok_or(OAuthError::invalid_client(false))?;
    let refused = || OAuthError::invalid_client(named.basic);
    let found = queries::client(ledger, &named.id).await?.ok_or_else(refused)?;
    match &named.secret {
        None if found.client.kind.is_public() => Ok(found),
        // A public client's secret is a mistake of somebody's: what it protects is nothing.
        Some(_) if found.client.kind.is_public() => Err(refused()),
        Some(secret) if queries::is_client_secret(ledger, &named.id, secret).await? => Ok(found),
        None | Some(_) => Err(refused()),
    }
}

/// The client where it says who it is, authenticated; `None` where it says nothing at all.
///
/// # Errors
/// As [`authenticate`].
pub(super) async fn authenticate_if_named(
    ledger: &Ledger,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Option<ClientRecord>, OAuthError> {
    match named(headers, parameters)? {
        Some(_) => authenticate(ledger, headers, parameters).await.map(Some),
        None => Ok(None),
    }
}

fn named(headers: &HeaderMap, parameters: &Parameters) -> Result<Option<Named>, OAuthError> {
    let basic = basic(headers)?;
    let in_body = parameters.get("client_id");
    match (basic, in_body, parameters.get("client_secret")) {
        (Some(_), _, Some(_)) => Err(OAuthError::invalid_request("the client authenticates in two ways")),
        (Some((id, _)), Some(other), None) if id != other => {
            Err(OAuthError::invalid_request("the client has two names"))
        }
        (Some((id, secret)), _, None) => {
            let id = ClientId::parse(&id).map_err(|_| OAuthError::invalid_client(true))?;
            Ok(Some(Named { id, secret: Some(secret), basic: true }))
        }
        (None, Some(id), secret) => {
            let id = ClientId::parse(id).map_err(|_| OAuthError::invalid_client(false))?;
            Ok(Some(Named { id, secret: secret.map(str::to_owned), basic: false }))
        }
        (None, None, _) => Ok(None),
    }
}

/// The pair of a Basic header (RFC 7617), each half form-decoded (RFC 6749 section 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, OAuthError> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(OAuthError::invalid_request("there are two Authorization headers"));
    }
    let Some((scheme, rest)) = line.to_str().ok().and_then(|line| line.split_once(' ')) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let refused = || OAuthError::invalid_client(true);
    let decoded = STANDARD.decode(rest.trim()).map_err(|_| refused())?;
    let text = String::from_utf8(decoded).map_err(|_| refused())?;
    let (id, secret) = text.split_once(':').ok_or_else(refused)?;
    let form_decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| refused())
    };
    Ok(Some((form_decoded(id)?, form_decoded(secret)?)))
}
