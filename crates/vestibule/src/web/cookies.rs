//! The cookies that the pages set and clear: `session`, `same_site_strict`, `device`.
//!
//! A neighbour below the same domain can toss a cookie of our names at a browser. So whoever signs in or out here gets
//! every form of the names cleared that we can reach: host-only, and with `Domain` for the host and each domain above
//! it, up to the one that people can register.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::time::Duration;
use cookie::{Cookie, CookieBuilder, SameSite};
use http::HeaderValue;
use vestibule_gate::claims::CookieNames;
use vestibule_gate::claims::cookies::pairs;
use vestibule_gate::id::SessionId;
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, TagKey, TokenHash};
use vestibule_ledger::changes::{NewSession, SignedIn};

/// A year, in seconds: how long a browser is known to the limits.
const DEVICE_LIFE: i64 = 365 * 24 * 3600;
/// Ten minutes, in seconds: as long as the ledger keeps a sign-in for a request.
const AUTHENTICATION_LIFE: i64 = 600;
/// Half a minute, in seconds: a circle of redirects comes round sooner.
const STEP_UP_LIFE: i64 = 30;
/// Domains above a host for which names are cleared. Deeper hosts are rare, and each costs three lines in an answer that
/// has to fit a proxy's buffer.
const MAX_DOMAINS: usize = 4;

/// How cookies are set here.
#[derive(Debug, Clone)]
pub struct CookieRules {
    /// The full names.
    pub names: CookieNames,
    /// Whether `public_url` is https.
    pub secure: bool,
    /// `[session] cookie_domain`; host-only when `None`.
    pub domain: Option<String>,
    /// `[session] use_session_cookie`: the browser forgets it when it is closed.
    pub until_closed: bool,
    /// Every `Domain` under which this host could be sent a cookie of our names.
    domains: Vec<String>,
}

impl CookieRules {
    /// For the host of `public_url`.
    #[must_use]
    pub fn new(names: CookieNames, host: &str, secure: bool, domain: Option<String>, until_closed: bool) -> Self {
        let domain = domain.map(|domain| domain.trim_start_matches('.').to_ascii_lowercase());
        Self { names, secure, domain, until_closed, domains: domains_of(host) }
    }

    /// What a sign-in sets: the session, its same-site tag, and the device where there is one; every other form of
    /// their names is cleared.
    #[must_use]
    pub fn signed_in(&self, signed_in: &SignedIn, key: &TagKey, now: Timestamp) -> Vec<HeaderValue> {
        // Rounded up: the browser keeps it no shorter than we do.
        let life =
            |session: &NewSession| (!self.until_closed).then(|| (session.expires_at.since(now).millis() + 999) / 1000);
        let session = signed_in.session.as_ref().map(|session| (session, life(session)));
        let tag = session.map(|(session, _)| same_site_tag(session.id, key)).unwrap_or_default();
        let device = signed_in.device.as_deref();
        let set = [
            session.map(|(new, life)| (self.names.session(), new.secret.expose(), life, SameSite::Lax)),
            session.map(|(_, life)| (self.names.same_site_strict(), tag.as_str(), life, SameSite::Strict)),
            device.map(|value| (self.names.device(), value, Some(DEVICE_LIFE), SameSite::Lax)),
        ];
        let mut lines: Vec<Cookie<'_>> = Vec::new();
        for (name, value, life, same_site) in set.into_iter().flatten() {
            let other = |cookie: &Cookie<'_>| cookie.domain() != self.domain.as_deref();
            lines.extend(self.cleared(name).into_iter().filter(other));
            lines.push(self.cookie(name, value, life, same_site));
        }
        lines.iter().filter_map(header).collect()
    }

    /// The cookie by which an authorization request knows the sign-in that was made for it. For our authorization endpoint
    /// only, and for as long as such a sign-in waits.
    #[must_use]
    pub fn authentication(&self, path: &str, request: &TokenHash, secret: &Secret) -> Option<HeaderValue> {
        let life = Duration::seconds(AUTHENTICATION_LIFE);
        header(&self.at(path, self.names.authentication(request), secret.expose().to_owned()).max_age(life).build())
    }

    /// Takes that cookie back.
    #[must_use]
    pub fn no_authentication(&self, path: &str, request: &TokenHash) -> Option<HeaderValue> {
        let cookie = self.at(path, self.names.authentication(request), String::new());
        header(&cookie.max_age(Duration::ZERO).build())
    }

    /// The cookie by which `/login` knows that it has just sent somebody on to this very place without a question: whoever
    /// is back with it goes round in a circle.
    #[must_use]
    pub fn step_up(&self, path: &str, place: String) -> Option<HeaderValue> {
        header(&self.at(path, self.names.step_up().to_owned(), place).max_age(Duration::seconds(STEP_UP_LIFE)).build())
    }

    /// The cookie of a browser that an application has signed in, with every other form of its name cleared.
    #[must_use]
    pub fn app_session(&self, secret: &Secret, life: Span) -> Vec<HeaderValue> {
        let name = self.names.app_session();
        let other = |cookie: &Cookie<'_>| cookie.domain() != self.domain.as_deref();
        let mut lines: Vec<Cookie<'_>> = self.cleared(name).into_iter().filter(other).collect();
        lines.push(self.cookie(name, secret.expose(), Some(life.seconds()), SameSite::Lax));
        lines.iter().filter_map(header).collect()
    }

    /// Takes that cookie back, in every form.
    #[must_use]
    pub fn no_app_session(&self) -> Vec<HeaderValue> {
        self.cleared(self.names.app_session()).iter().filter_map(header).collect()
    }

    /// Never for a domain: nobody but us reads it.
    fn at(&self, path: &str, name: String, value: String) -> CookieBuilder<'static> {
        let cookie = Cookie::build((name, value)).path(path.to_owned()).http_only(true);
        cookie.same_site(SameSite::Lax).secure(self.secure)
    }

    /// What a sign-out sets, and a page that was sent a cookie which is no session any more: nothing of the session is
    /// left. The device stays known.
    #[must_use]
    pub fn signed_out(&self) -> Vec<HeaderValue> {
        let names = [self.names.session(), self.names.same_site_strict(), self.names.app_session()];
        names.into_iter().flat_map(|name| self.cleared(name)).filter_map(|cookie| header(&cookie)).collect()
    }

    /// The `device` cookie of a request; the first, when there are several.
    #[must_use]
    pub fn device(&self, cookie_lines: &[&[u8]]) -> Option<String> {
        find(cookie_lines, self.names.device())
    }

    fn cookie<'c>(&'c self, name: &'c str, value: &'c str, life: Option<i64>, same_site: SameSite) -> Cookie<'c> {
        let mut cookie = Cookie::build((name, value)).path("/").http_only(true).same_site(same_site);
        cookie = cookie.secure(self.secure);
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(domain.as_str());
        }
        if let Some(seconds) = life {
            cookie = cookie.max_age(Duration::seconds(seconds));
        }
        cookie.build()
    }

    /// The deletion of every form of a name.
    fn cleared<'c>(&'c self, name: &'c str) -> Vec<Cookie<'c>> {
        let gone = || Cookie::build((name, "")).path("/").max_age(Duration::ZERO).http_only(true).secure(self.secure);
        let below = self.domains.iter().map(|domain| gone().domain(domain.as_str()).build());
        std::iter::once(gone().build()).chain(below).collect()
    }
}

/// The cookie with this name; the first, when there are several. For cookies that prove nothing by themselves.
#[must_use]
pub fn find(cookie_lines: &[&[u8]], name: &str) -> Option<String> {
    let mut found = cookie_lines.iter().flat_map(|line| pairs(line));
    let (_, value) = found.find(|(found, _)| *found == name.as_bytes())?;
    std::str::from_utf8(value).ok().map(str::to_owned)
}

/// The values of all cookies whose names begin so.
pub fn values_that_begin<'l>(
    cookie_lines: impl Iterator<Item = &'l [u8]>,
    name: &str,
) -> impl Iterator<Item = &'l [u8]> {
    let begins = move |found: &[u8]| found.starts_with(name.as_bytes());
    cookie_lines.flat_map(pairs).filter(move |(found, _)| begins(found)).map(|(_, value)| value)
}

/// A tag that only the holder of this very session can show: a bare `true` could be tossed.
#[must_use]
pub fn same_site_tag(session: SessionId, key: &TagKey) -> String {
    let mut id = Vec::with_capacity(36);
    session.write(&mut id);
    URL_SAFE_NO_PAD.encode(key.tag("same-site", &[&id]))
}

/// Whether a tag is that of this session.
#[must_use]
pub fn is_same_site_tag(tag: &str, session: SessionId, key: &TagKey) -> bool {
    let mut id = Vec::with_capacity(36);
    session.write(&mut id);
    URL_SAFE_NO_PAD.decode(tag).is_ok_and(|tag| key.verify("same-site", &[&id], &tag))
}

/// The host and the domains above it, up to the registrable one. None for an address and for a name that nobody can
/// register (`localhost`): there a browser takes `Domain` for the host itself, and clearing it would clear our own.
fn domains_of(host: &str) -> Vec<String> {
    let host = host.to_ascii_lowercase();
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Vec::new();
    }
    let Some(registrable) = psl::domain_str(&host) else { return Vec::new() };
    let above = std::iter::successors(Some(host.as_str()), |domain| domain.split_once('.').map(|(_, rest)| rest));
    let reachable = above.take_while(|domain| domain.len() >= registrable.len());
    let mut domains: Vec<String> = reachable.map(str::to_owned).collect();
    // The nearest and the widest matter; between them a very deep host loses some.
    while domains.len() > MAX_DOMAINS {
        domains.remove(MAX_DOMAINS / 2);
    }
    domains
}

/// `None` never happens: names, values and attributes are ours and printable ASCII.
fn header(cookie: &Cookie<'_>) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(cookie.to_string()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests;
