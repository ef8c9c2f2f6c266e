//! A client's registration as decisions need it: what it is, where it may send people back to, what it may ask for.
//! The kind decides most of it, so that an operator has little to set and little to get wrong.

use std::fmt;

use super::kind::ClientKind;
use super::redirect_uri::RedirectUri;
use crate::time::Span;

/// The longest id, in bytes.
const MAX_ID: usize = 64;

/// Why a text is not a client's id, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a client id; a client id is 1 to 64 of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`")]
pub struct ClientIdError(String);

/// Names a client: what it sends as `client_id`. Not a secret. Compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Reads 1 to 64 of the characters that no URL, header or form encodes (RFC 3986 section 2.3).
    ///
    /// # Errors
    /// [`ClientIdError`], with at most 64 characters of the text.
    pub fn parse(text: &str) -> Result<Self, ClientIdError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'~' | b'-');
        let well_formed = (1..=MAX_ID).contains(&text.len()) && text.bytes().all(plain);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(ClientIdError(text.chars().take(MAX_ID).collect())) }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client's registration. Secrets are not in it: they stay in the store, as hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// What it sends as `client_id`.
    pub id: ClientId,
    /// What pages call it.
    pub name: String,
    /// What it is.
    pub kind: ClientKind,
    /// Where people may be sent after an authorization.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where people may be sent after signing out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Scopes of its own, besides those that everybody knows.
    pub scopes: Vec<String>,
    /// The operator's word that a confidential client may have full access. Means nothing for other kinds.
    pub full_access: bool,
    /// Whether a client with a secret has to use PKCE. Public ones always have to: ask [`Client::requires_pkce`].
    pub pkce_required: bool,
    /// Whether its access tokens are JWTs (RFC 9068) and not opaque.
    pub jwt_access_tokens: bool,
    /// Whether every refresh gives a new refresh token.
    pub rotates_refresh_tokens: bool,
    /// How long an access token lives.
    pub access_token_lifetime: Span,
    /// How long a refresh token lives; as long as the session when nothing is said.
    pub refresh_token_lifetime: Option<Span>,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its privacy policy, for the page that asks for consent.
    pub policy_uri: Option<String>,
    /// Its terms, for the page that asks for consent.
    pub tos_uri: Option<String>,
}

impl Client {
    /// Whether an authorization needs a code challenge. A public client's code could be used by whoever reads it, so
    /// it always does (RFC 9700 section 2.1.1).
    #[must_use]
    pub const fn requires_pkce(&self) -> bool {
        self.kind.is_public() || self.pkce_required
    }

    /// Whether it may ask for tokens that do everything which the person can do.
    #[must_use]
    pub const fn may_have_full_access(&self) -> bool {
        match self.kind {
            ClientKind::Spa | ClientKind::Web | ClientKind::Native => true,
            ClientKind::Confidential => self.full_access,
            ClientKind::ThirdParty | ClientKind::Machine => false,
        }
    }

    /// The origins of its http and https redirect URIs, each once.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins = Vec::new();
        for origin in self.redirect_uris.iter().filter_map(RedirectUri::origin) {
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        origins
    }

    /// The origins whose pages may call with credentials. Only of clients that run in a browser: the page of a third
    /// party on the same site could otherwise read who is signed in.
    #[must_use]
    pub fn cors_origins(&self) -> Vec<String> {
        match self.kind {
            ClientKind::Spa | ClientKind::Web => self.origins(),
            ClientKind::Native | ClientKind::Confidential | ClientKind::ThirdParty | ClientKind::Machine => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::client;
    use super::{ClientId, ClientKind};

    #[test]
    fn an_id_is_the_same_in_a_url_a_header_and_a_form() {
        for good in ["a", "my-app", "portal.example_1~x", &"a".repeat(64)] {
            assert_eq!(ClientId::parse(good).unwrap().to_string(), good);
        }
        for bad in ["", " ", "a b", "a:b", "a/b", "a%20", "ä", "a\n", &"a".repeat(65)] {
            assert!(ClientId::parse(bad).is_err(), "{bad:?}");
        }
        let told = ClientId::parse("a b").unwrap_err().to_string();
        assert!(told.starts_with("`a b` is not a client id; a client id is 1 to 64 of"), "{told}");
    }

    #[test]
    fn a_kind_is_read_as_it_is_written() {
        for kind in ClientKind::ALL {
            assert_eq!(ClientKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ClientKind::parse("SPA"), None);
        assert_eq!(ClientKind::parse("third_party"), None);
    }

    #[test]
    fn a_public_client_cannot_do_without_pkce() {
        for kind in ClientKind::ALL {
            let mut client = client(kind);
            client.pkce_required = false;
            assert_eq!(client.requires_pkce(), kind.is_public(), "{kind}");
            client.pkce_required = true;
            assert!(client.requires_pkce(), "{kind}");
        }
    }

    #[test]
    fn full_access_is_for_our_own_and_never_for_a_third_party() {
        let may = |kind, said| {
            let mut client = client(kind);
            client.full_access = said;
            client.may_have_full_access()
        };
        for kind in [ClientKind::Spa, ClientKind::Web, ClientKind::Native] {
            assert!(may(kind, false) && may(kind, true), "{kind}");
        }
        assert!(!may(ClientKind::Confidential, false) && may(ClientKind::Confidential, true));
        for kind in [ClientKind::ThirdParty, ClientKind::Machine] {
            assert!(!may(kind, false) && !may(kind, true), "{kind}");
        }
    }

    #[test]
    fn the_page_of_a_third_party_calls_without_credentials() {
        assert_eq!(client(ClientKind::Spa).cors_origins(), ["https://app.example.com"]);
        assert_eq!(client(ClientKind::Web).cors_origins(), ["https://app.example.com"]);
        for kind in [ClientKind::Native, ClientKind::Confidential, ClientKind::ThirdParty, ClientKind::Machine] {
            assert!(client(kind).cors_origins().is_empty(), "{kind}");
        }
        assert_eq!(client(ClientKind::ThirdParty).origins(), ["https://app.example.com"]);
    }

    proptest! {
        #[test]
        fn an_id_needs_no_encoding(text in "\\PC{0,70}") {
            if let Ok(id) = ClientId::parse(&text) {
                let encoded: String = url::form_urlencoded::byte_serialize(id.as_str().replace('~', "").as_bytes()).collect();
                prop_assert_eq!(encoded, id.as_str().replace('~', ""));
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
