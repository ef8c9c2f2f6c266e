//! One request for a page: who comes, from where, in which language. Made once, before any handler runs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::decide::Reach;
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::token::opaque::{SecretKind, TokenHash, is_tagged};
use vestibule_gate::verdict::Identity;
use vestibule_ledger::changes::{Browser, KnownBy};

use crate::listen::Peer;
use crate::log::RequestId;
use crate::proxies::forwarded_for;
use crate::texts::Texts;

use super::cookies;
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
    /// Whose the browser's own session is, whatever an application has signed it in with: for single sign-on.
    pub session: Option<Identity>,
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
    cookie_lines: Vec<Vec<u8>>,
    query_text: String,
    is_same_site: bool,
}

impl Visit {
    /// What a sign-in has to know of the browser.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser {
            address: self.address,
            user_agent: self.user_agent.clone(),
            sessions: self.secrets.clone(),
            device: self.cookie(self.settings.cookies.names.device()),
            request: None,
        }
    }

    /// What the page's address asks for under this name, if it does.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// The whole query, as it arrived.
    #[must_use]
    pub fn query_text(&self) -> &str {
        &self.query_text
    }

    /// The cookie with this name, as it arrived; the first, when there are several.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines: Vec<&[u8]> = self.cookie_lines.iter().map(Vec::as_slice).collect();
        cookies::find(&lines, name)
    }

    /// Whether a page of our own site has sent this request: the browser says so, or it brings the cookie that goes along
    /// with no other, and that belongs to this very session.
    #[must_use]
    pub fn is_same_site(&self) -> bool {
        let tag = self.cookie(self.settings.cookies.names.same_site_strict());
        let key = self.site.ledger().tag_key();
        let fits = |tag: String| {
            self.identity.as_ref().is_some_and(|identity| cookies::is_same_site_tag(&tag, identity.session(), key))
        };
        self.is_same_site || tag.is_some_and(fits)
    }

    /// The session secrets in the request's cookies.
    #[must_use]
    pub fn secrets(&self) -> &[TokenHash] {
        &self.secrets
    }

    /// The secret of the browser's `app_session` cookie, if it has one that we have sealed.
    #[must_use]
    pub fn app_session(&self) -> Option<TokenHash> {
        let value = self.cookie(self.settings.cookies.names.app_session())?;
        let is_ours = is_tagged(SecretKind::AppSession, value.as_bytes(), self.site.ledger().tag_key());
        is_ours.then(|| TokenHash::of(value.as_bytes()))
    }

    /// All that this browser is known by.
    #[must_use]
    pub fn known_by(&self) -> KnownBy {
        let lines = self.cookie_lines.iter().map(Vec::as_slice);
        let authentications = cookies::values_that_begin(lines, self.settings.cookies.names.authentications());
        let key = self.site.ledger().tag_key();
        let ours = authentications.filter(|value| is_tagged(SecretKind::Authentication, value, key));
        KnownBy {
            sessions: self.secrets.clone(),
            app_session: self.app_session(),
            authentications: ours.map(TokenHash::of).collect(),
        }
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
        let ledger = site.ledger();
        let mut visit = Self {
            identity: None,
            session: None,
            doubled: claims.session_is_doubled(),
            stale: false,
            wants_json: wants_json(headers),
            request: parts.extensions.get().copied(),
            query: Fields::default(),
            address: settings.trusted.client(peer, &forwarded_for(headers)),
            user_agent: text(headers, &header::USER_AGENT),
            secrets: claims.session_hashes(ledger.tag_key()),
            cookie_lines: headers.get_all(header::COOKIE).iter().map(|line| line.as_bytes().to_vec()).collect(),
            query_text: parts.uri.query().unwrap_or_default().to_owned(),
            is_same_site: is_same_site(headers),
            site: site.clone(),
            settings: Arc::clone(&settings),
            texts,
        };
        let Some(query) = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()) else {
            return Err(problem::answer(&visit, StatusCode::BAD_REQUEST));
        };
        visit.query = query;
        if !claims.is_empty() {
            visit.session = own_session(&visit, headers).await?;
            match ledger.live().answer(&claims, ledger.now(), Reach::Whole).await {
                Ok(verdict) => {
                    visit.identity = verdict.identity().cloned();
                    visit.stale = visit.identity.is_none() && claims.has(Source::Session);
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

/// Whose session the `session` cookie alone names.
async fn own_session(visit: &Visit, headers: &HeaderMap) -> Result<Option<Identity>, Response> {
    let names = visit.settings.cookies.names.only_session();
    let lines = headers.get_all(header::COOKIE).iter().map(|value| (&b"cookie"[..], value.as_bytes()));
    let ledger = visit.site.ledger();
    match ledger.live().answer(&Claims::read(lines, &names), ledger.now(), Reach::Whole).await {
        Ok(verdict) => Ok(verdict.identity().cloned()),
        Err(fault) => Err(problem::fault(visit, &fault)),
    }
}

fn is_same_site(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all("sec-fetch-site").iter();
    let site = values.next().map(http::HeaderValue::as_bytes);
    values.next().is_none() && matches!(site, Some(b"same-origin" | b"same-site"))
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = text(headers, &header::ACCEPT);
    accept.contains("application/json") && !accept.contains("text/html")
}

fn text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
