//! Style sheet, script, icon and logo: same origin, no inline style or script anywhere.
//!
//! Pages name each with its version (`?v=...`), so a browser may keep it for ever and a new look is seen at once.

use std::hash::{DefaultHasher, Hasher as _};

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use crate::config::appearance::Accent;

use super::brand;
use super::site::Site;

/// What pages are made of besides their text. Prepared when the configuration is read.
#[derive(Debug)]
pub struct Assets {
    /// The look, and the operator's colours.
    pub style: Asset,
    /// Only makes things nicer.
    pub script: Asset,
    /// The mark in the browser's tab.
    pub icon: Asset,
    /// The operator's logo.
    pub logo: Option<Asset>,
}

impl Assets {
    /// In the operator's colour, with the logo's bytes and media type.
    #[must_use]
    pub fn new(accent: Accent, logo: Option<(Vec<u8>, &'static str)>) -> Self {
        let style = format!("{}{}", brand::style_sheet(accent), include_str!("../assets/app.css"));
        let script = include_str!("../assets/app.js").to_owned();
        Self {
            style: Asset::new("text/css; charset=utf-8", style),
            script: Asset::new("text/javascript; charset=utf-8", script),
            icon: Asset::new("image/svg+xml", brand::mark(accent)),
            logo: logo.map(|(bytes, kind)| Asset::new(kind, bytes)),
        }
    }
}

/// One of them.
#[derive(Debug)]
pub struct Asset {
    kind: &'static str,
    bytes: Bytes,
    version: String,
}

impl Asset {
    fn new(kind: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        // It only has to differ from the one before: nothing is trusted because of it.
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Self { kind, version: format!("{:016x}", hasher.finish()), bytes }
    }

    /// What follows the path in a page: `?v=...`.
    #[must_use]
    pub fn query(&self) -> String {
        format!("?v={}", self.version)
    }

    /// An SVG can hold scripts, hence the policy of its own.
    fn answer(&self, query: Option<&str>) -> Response {
        let current = query.and_then(|query| query.strip_prefix("v=")) == Some(self.version.as_str());
        let keep = if current { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        let headers = [
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, keep),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ];
        (headers, self.bytes.clone()).into_response()
    }
}

/// `GET /assets/app.css`.
pub async fn style(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    site.settings().assets.style.answer(query.as_deref())
}

/// `GET /assets/app.js`.
pub async fn script(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    site.settings().assets.script.answer(query.as_deref())
}

/// `GET /assets/icon.svg`.
pub async fn icon(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    site.settings().assets.icon.answer(query.as_deref())
}

/// `GET /assets/logo`: 404 when the operator has none.
pub async fn logo(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let settings = site.settings();
    settings.assets.logo.as_ref().map_or_else(|| StatusCode::NOT_FOUND.into_response(), |l| l.answer(query.as_deref()))
}
