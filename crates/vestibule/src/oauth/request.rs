//! A form that a client sends, and who it may be about. Unlike our own pages' forms it comes from anywhere: what it brings
//! with it, a code, a secret, a token, is its right to be here.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use http::{HeaderMap, Method, header};
use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::grant::Parameters;
use vestibule_gate::verdict::Identity;
use vestibule_ledger::Fault;
use vestibule_ledger::changes::Browser;

use crate::listen::Peer;
use crate::proxies::forwarded_for;
use crate::web::{Site, body};

use super::problem::OAuthError;

/// A client's form.
pub struct ClientForm {
    pub(super) site: Site,
    pub(super) headers: HeaderMap,
    pub(super) parameters: Parameters,
    peer: Option<Peer>,
}

impl ClientForm {
    /// Where it comes from.
    pub(super) fn browser(&self) -> Browser {
        let agent = self.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
        Browser {
            address: self.site.settings().trusted.client(self.peer, &forwarded_for(&self.headers)),
            user_agent: agent.unwrap_or_default().to_owned(),
            ..Browser::default()
        }
    }

    /// Whose credentials came with it, whatever they were given for.
    pub(super) async fn bearer(&self) -> Result<Option<Identity>, Fault> {
        bearer(&self.site, &self.headers).await
    }
}

/// Whose credentials these headers bring, whatever they were given for.
pub(super) async fn bearer(site: &Site, headers: &HeaderMap) -> Result<Option<Identity>, Fault> {
    let settings = site.settings();
    let lines = || headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
    let mut claims = Claims::read(lines(), &settings.cookies.names);
    if claims.has(Source::Bearer) {
        // Whoever shows a token is asked about that token: at an endpoint of ours a dead one is not made good by a cookie.
        claims = Claims::read(lines().filter(|(name, _)| *name == b"authorization"), &settings.cookies.names);
    }
    site.ledger().live().bearer(&claims, site.ledger().now()).await
}

impl FromRequest<Site> for ClientForm {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, content) = request.into_parts();
        let peer = axum::Extension::<Peer>::from_request_parts(&mut parts, site).await.ok().map(|peer| peer.0);
        // What stands in the address is never read (RFC 6749 section 3.2): it ends up in logs.
        let bytes = match parts.method {
            // Whoever sends nothing need not say what it is: a token in the header is enough for the userinfo endpoint.
            Method::POST if parts.headers.contains_key(header::CONTENT_TYPE) => {
                body::form(&parts.headers, content).await
            }
            _ => Ok(axum::body::Bytes::new()),
        };
        let bytes = bytes.map_err(|status| {
            Response::from(OAuthError::invalid_request("the body is not a form").with_status(status))
        })?;
        let parameters = Parameters::parse(&bytes).map_err(|_| {
            Response::from(OAuthError::invalid_request("a parameter is there twice, or the form cannot be read"))
        })?;
        Ok(Self { site: site.clone(), headers: parts.headers, parameters, peer })
    }
}
