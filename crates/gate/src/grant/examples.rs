//! One registration of each kind and one request, for the tests of this room.

use super::client::{Client, ClientId};
use super::kind::ClientKind;
use super::parameters::Parameters;
use super::redirect_uri::RedirectUri;
use crate::time::Span;

/// A S256 challenge: that of RFC 7636 appendix B.
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What [`CHALLENGE`] was made from.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A client with the two redirect URIs `https://app.example.com/callback` and `https://app.example.com/other?a=b`.
pub(super) fn client(kind: ClientKind) -> Client {
    let uris = ["https://app.example.com/callback", "https://app.example.com/other?a=b"];
    Client {
        id: ClientId::parse("app").unwrap(),
        name: "Example".to_owned(),
        kind,
        redirect_uris: uris.into_iter().map(|uri| RedirectUri::register(uri, kind).unwrap()).collect(),
        post_logout_redirect_uris: Vec::new(),
        scopes: vec!["orders:read".to_owned()],
        full_access: false,
        pkce_required: false,
        jwt_access_tokens: false,
        rotates_refresh_tokens: kind.is_public(),
        access_token_lifetime: Span::from_seconds(1800),
        refresh_token_lifetime: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
    }
}

/// The parameters of an ordinary request for a code, with further ones in place of these or beside them. An empty value
/// takes one out.
pub(super) fn parameters(further: &[(&str, &str)]) -> Parameters {
    let ordinary = [
        ("client_id", "app"),
        ("redirect_uri", "https://app.example.com/callback"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = ordinary.iter().filter(|(name, _)| further.iter().all(|(other, _)| other != name));
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(kept).extend_pairs(further);
    Parameters::parse(form.finish().as_bytes()).unwrap()
}
