//! One request for a page: who comes, from where, in which language. Made once, before any handler runs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::token::opaque::TokenHash;
use vestibule_gate::verdict::Identity;
use vestibule_ledger::changes::Browser;

use crate::listen::Peer;
use crate::log::RequestId;
use crate::texts::Texts;

use super::fields::Fields;
use super::problem;
use super::site::{Settings, Site};

/// What is known of a request before it is handled.
#[derive(Clone)]
pub struct Visit {
    /// The ledger and the settings.
    pub site: Site,
    /// The settings in force when the request began.
    pub settings: Arc<Settings>,
    /// The language that the browser asks for.
    pub texts: Texts,
    /// Who is signed in.
    pub identity: Option<Identity>,
    /// Whether the browser holds two session cookies with different values.
    pub doubled: bool,
    /// Whether the browser holds a session cookie that is no session any more.
    pub stale: bool,
    /// Whether the answer is read by a program.
    pub wants_json: bool,
    /// The request's name in the log.
    pub request: Option<RequestId>,
    query: Fields,
    address: Option<IpAddr>,
    user_agent: String,
    secrets: Vec<TokenHash>,
    device: Option<String>,
}

impl Visit {
    /// What a sign-in has to know of the browser.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser {
            address: self.address,
            user_agent: self.user_agent.clone(),
            sessions: self.secrets.clone(),
            device: self.device.clone(),
        }
    }

    /// What the page's address asks for under this name, if it does.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// The session secrets in the request's cookies.
    #[must_use]
    pub fn secrets(&self) -> &[TokenHash] {
        &self.secrets
    }

    /// The path of a page of ours, `/auth/login`.
    #[must_use]
    pub fn path(&self, page: &str) -> String {
        format!("{}{page}", self.settings.public_url.path())
    }

    /// Adds `Set-Cookie` lines to an answer.
    pub fn set_cookies(&self, response: &mut Response, lines: Vec<http::HeaderValue>) {
        for line in lines {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
    }

    /// Where the request wants to go afterwards.
    #[must_use]
    pub fn return_to(&self, asked: Option<&str>) -> ReturnTo {
        self.settings.return_to.decide(asked)
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let settings = site.settings();
        let headers = &parts.headers;
        let texts = Texts::for_request(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
        let peer = parts.extensions.get::<Peer>().copied();
        let lines = headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
        let claims = Claims::read(lines.filter(|(name, _)| *name == b"cookie"), &settings.cookies.names);
        let cookie_lines: Vec<&[u8]> =
            headers.get_all(header::COOKIE).iter().map(http::HeaderValue::as_bytes).collect();
        let ledger = site.ledger();
        let mut visit = Self {
            identity: None,
            doubled: claims.session_is_doubled(),
            stale: false,
            wants_json: wants_json(headers),
            request: parts.extensions.get().copied(),
            query: Fields::default(),
            address: settings.trusted.client(peer, headers),
            user_agent: text(headers, &header::USER_AGENT),
            secrets: claims.session_hashes(ledger.tag_key()),
            device: settings.cookies.device(&cookie_lines),
            site: site.clone(),
            settings: Arc::clone(&settings),
            texts,
        };
        let Some(query) = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()) else {
            return Err(problem::answer(&visit, StatusCode::BAD_REQUEST));
        };
        visit.query = query;
        if claims.has(Source::Session) {
            match ledger.live().answer(&claims, ledger.now()).await {
                Ok(verdict) => {
                    visit.identity = verdict.identity().cloned();
                    visit.stale = visit.identity.is_none();
                }
                Err(fault) => {
                    tracing::error!(%fault, "who is at the page cannot be known");
                    return Err(problem::answer(&visit, StatusCode::SERVICE_UNAVAILABLE));
                }
            }
        }
        Ok(visit)
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = text(headers, &header::ACCEPT);
    accept.contains("application/json") && !accept.contains("text/html")
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
