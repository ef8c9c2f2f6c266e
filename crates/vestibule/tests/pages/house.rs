//! A house of pages, and a browser in it that keeps cookies.

use std::path::Path;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response, StatusCode, header};
use tower::ServiceExt as _;
use vestibule::config::Config;
use vestibule::listen::Peer;
use vestibule::routes;
use vestibule::web::Site;
use vestibule_gate::account::{DisplayName, EmailAddress, Password, Roles};
use vestibule_gate::id::UserId;
use vestibule_ledger::{Ledger, NewUser, changes};

use crate::{markup, rules};

pub(crate) const PASSWORD: &str = "quiet harbour lantern";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";
pub(crate) const ORIGIN: &str = "https://id.example.com";

pub(crate) struct House {
    pub(crate) ledger: Ledger,
    pub(crate) router: Router,
    _dir: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::at(&format!("{ORIGIN}/auth"), "").await
    }

    /// Nobody may open an account or be a guest.
    pub(crate) async fn closed() -> Self {
        Self::set_up(&format!("{ORIGIN}/auth"), "", false).await
    }

    /// Under this address, with these lines in `[login]`.
    pub(crate) async fn at(public_url: &str, login: &str) -> Self {
        Self::set_up(public_url, login, true).await
    }

    async fn set_up(public_url: &str, login: &str, open: bool) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let text = format!(
            "public_url = \"{public_url}\"\ndata_dir = \"{}\"\n[signup]\nenabled = {open}\n[anonymous]\nenabled = {open}\n\
             [api_tokens]\nenabled = {open}\n\
             [session]\ncookie_domain = \"example.com\"\n[login]\n{login}\nreturn_to = [\"https://app.example.com\"]\n\
             [password]\nmemory_kib = 64\niterations = 1\n[brand]\nname = \"Acme & <Sons>\"\n",
            dir.path().display()
        );
        let config =
            Config::read(Some((Path::new("t.toml"), &text)), std::iter::empty()).expect("a sound configuration");
        let ledger = Ledger::open(config.for_ledger()).await.expect("a ledger");
        let router = routes::public(Site::new(ledger.clone(), &config).expect("a site"));
        Self { ledger, router, _dir: dir }
    }

    pub(crate) async fn with_ada() -> (Self, UserId) {
        Self::with_ada_at(&format!("{ORIGIN}/auth"), "").await
    }

    pub(crate) async fn with_ada_at(public_url: &str, login: &str) -> (Self, UserId) {
        let house = Self::at(public_url, login).await;
        let ada = NewUser {
            id: None,
            email: EmailAddress::parse("ada@example.com").expect("an address"),
            name: DisplayName::parse("Ada").expect("a name"),
            roles: Roles::parse(["billing:admin"]).expect("roles"),
            verified: true,
            password: None,
        };
        let id = changes::add_user(&house.ledger, ada, Some(Password::parse(PASSWORD).expect("a password"))).await;
        (house, id.expect("a user"))
    }

    /// The answer to one request of nobody.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Page {
        page(self.router.clone().oneshot(request).await.expect("an answer")).await
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Vec::new(), user_agent: FIREFOX }
    }
}

/// Keeps cookies by name, as a browser on one host would.
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) user_agent: &'static str,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) body: String,
    pub(crate) response: Response<()>,
}

impl Page {
    /// The whole answer as a snapshot keeps it: what is new at every run is left out.
    pub(crate) fn settled(&self) -> String {
        let mut text = format!("{}\n{}", self.status, self.body);
        for start in ["?v=", "datetime=\"", "name=\"session\" value=\""] {
            let parts: Vec<&str> = text.split(start).collect();
            let cut = |part: &&str| part.split_once('"').map_or_else(String::new, |(_, rest)| format!("[...]\"{rest}"));
            let rest: Vec<String> = parts[1..].iter().map(cut).collect();
            text = [&[parts[0].to_owned()], rest.as_slice()].concat().join(start);
        }
        // Conditions and loops of the templates leave empty lines.
        text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// What the summary lists: the field that each line leads to (empty for none), and the text.
    pub(crate) fn refused(&self) -> Vec<(&str, &str)> {
        let page = markup::Page::read(&self.body);
        let Some(summary) = page.by_id("errors") else { return Vec::new() };
        let lines = page.within(summary).filter(|tag| tag.name == "li").map(|line| page.inner(line));
        let read = |line| {
            let link = str::strip_prefix(line, "<a href=\"#").and_then(|rest| rest.strip_suffix("</a>"));
            link.and_then(|link| link.split_once("\">")).unwrap_or(("", line))
        };
        lines.map(read).collect()
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await
    }

    pub(crate) async fn sign_in(&mut self) -> Page {
        self.sign_in_at("/auth").await
    }

    pub(crate) async fn sign_in_at(&mut self, base: &str) -> Page {
        self.post(&format!("{base}/login"), &[("email", "ada@example.com"), ("password", PASSWORD)]).await
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) async fn send(&mut self, request: http::request::Builder, body: String) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::USER_AGENT, self.user_agent).header("x-forwarded-for", "203.0.113.7");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        request.extensions_mut().insert(Peer::Unix);
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        for line in response.headers().get_all(header::SET_COOKIE) {
            self.keep(line.to_str().expect("ascii"));
        }
        page(response).await
    }

    /// Only what has our domain: a host-only form that is cleared is another cookie.
    fn keep(&mut self, line: &str) {
        if !line.contains("Domain=example.com") {
            return;
        }
        let (name, rest) = line.split_once('=').expect("a pair");
        let value = rest.split(';').next().expect("a value");
        self.cookies.retain(|(n, _)| n != name);
        if !line.contains("Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

async fn page(response: Response<Body>) -> Page {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let body = String::from_utf8(body.to_vec()).expect("utf-8");
    if parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/html; charset=utf-8") {
        rules::keeps(&body);
    }
    Page {
        status: parts.status,
        location: parts.headers.get(header::LOCATION).map_or("", |l| l.to_str().expect("ascii")).to_owned(),
        body,
        response: Response::from_parts(parts, ()),
    }
}
