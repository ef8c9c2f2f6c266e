//! One request to a page: who it is (if anybody), from which browser and address, in which language.
//!
//! Whoever takes a [`Visit`] out of a request that changes something has passed the same-origin check: a handler cannot
//! forget it.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderName, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use vestibule_gate::claims::{Claims, Source};
use vestibule_gate::grant::return_to::ReturnTo;
use vestibule_gate::time::Timestamp;
use vestibule_gate::verdict::Identity;
use vestibule_ledger::changes::Browser;

use super::page::Frame;
use super::problem::Problem;
use super::query::Query;
use super::same_origin;
use super::site::{Site, SiteSettings};
use crate::listen::Peer;
use crate::texts::Texts;

/// What the browser sent as its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCookie {
    /// Nothing.
    Absent,
    /// One that is alive.
    Live,
    /// One that is not, or not any more.
    Stale,
}

/// A request to a page.
#[derive(Clone)]
pub struct Visit {
    /// The site.
    pub site: Site,
    /// Its settings, the same for the whole request.
    pub settings: Arc<SiteSettings>,
    /// The texts in the person's language.
    pub texts: Texts,
    /// When it began.
    pub now: Timestamp,
    /// What the page is asked for.
    pub query: Query,
    /// Who it is, by the session cookie alone: no other credential opens a page.
    pub identity: Option<Identity>,
    /// What the browser sent as its session.
    pub cookie: SessionCookie,
    /// Whether it sent several, different from each other.
    pub doubled: bool,
    /// Where a session would begin.
    pub browser: Browser,
}

impl Visit {
    /// Where the query's `return_to` leads.
    #[must_use]
    pub fn return_to(&self) -> ReturnTo {
        self.settings.return_to.decide(self.query.return_to.as_deref())
    }

    /// The frame of a page.
    #[must_use]
    pub fn frame(&self, state: impl ToString, heading: impl ToString) -> Frame {
        Frame {
            texts: self.texts.clone(),
            settings: Arc::clone(&self.settings),
            state: state.to_string(),
            heading: heading.to_string(),
            wrongs: Vec::new(),
            notices: Vec::new(),
            doubled: self.doubled,
        }
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let settings = site.settings();
        same_origin::check(&parts.method, &parts.headers, &settings.origin)?;
        let now = site.ledger().now();
        let lines: Vec<&[u8]> = parts.headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
        let claims = Claims::read(lines.iter().map(|line| (&b"cookie"[..], *line)), &settings.cookies.names);
        let verdict = site.ledger().live().answer(&claims, now).await?;
        let identity = verdict.identity().filter(|identity| identity.source() == Source::Session).cloned();
        let cookie = match &identity {
            Some(_) => SessionCookie::Live,
            None if claims.has(Source::Session) => SessionCookie::Stale,
            None => SessionCookie::Absent,
        };
        let peer = parts.extensions.get::<Peer>().copied();
        let browser = Browser {
            address: settings.proxies.client(peer, &parts.headers),
            user_agent: text(&parts.headers, USER_AGENT).unwrap_or_default().to_owned(),
            sessions: claims.session_hashes(site.ledger().tag_key()),
            device: settings.cookies.device(&lines),
        };
        let texts = Texts::for_request(text(&parts.headers, ACCEPT_LANGUAGE), Arc::clone(&settings.product));
        let query = Query::read(parts.uri.query().unwrap_or_default());
        let doubled = claims.session_is_doubled();
        Ok(Self { site: site.clone(), settings, texts, now, query, identity, cookie, doubled, browser })
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
