//! What every page's answer has: the layout's facts, and the headers that keep others out.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::texts::Texts;

use super::assets::Asset;
use super::visit::Visit;

/// What the layout shows.
pub struct Layout {
    /// The texts in the reader's language.
    pub texts: Texts,
    /// The product's name.
    pub brand: String,
    /// The address of the style sheet.
    pub style: String,
    /// The address of the script.
    pub script: String,
    /// The address of the icon.
    pub icon: String,
    /// The address of the logo, if there is one.
    pub logo: Option<String>,
    /// The path before every page of ours.
    pub base: String,
    /// The name of the cookie that is here twice, if one is.
    pub doubled: Option<String>,
}

impl Layout {
    /// For a visit.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        let assets = &visit.settings.assets;
        let at = |file: &str, asset: &Asset| format!("{}{}", visit.path(file), asset.query());
        Self {
            texts: visit.texts,
            brand: visit.settings.brand.clone(),
            style: at("/assets/app.css", &assets.style),
            script: at("/assets/app.js", &assets.script),
            icon: at("/assets/icon.svg", &assets.icon),
            logo: assets.logo.as_ref().map(|logo| at("/assets/logo", logo)),
            base: visit.settings.public_url.path().to_owned(),
            doubled: visit.doubled.then(|| visit.settings.cookies.names.session().to_owned()),
        }
    }

    /// A text of the catalogue.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.texts.get(key)
    }

    /// What a text says before and after its value, for a value that a page sets apart (`<bdi>`).
    #[must_use]
    pub fn around(&self, key: &str) -> (String, String) {
        self.texts.around(key)
    }

    /// A text with one value in it.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> String {
        self.texts.with(key, value)
    }
}

/// Renders a page. `form_action` is another origin that a form on it may lead to: Chromium applies the policy to the
/// redirect after a POST.
pub fn show(status: StatusCode, page: &impl Template, form_action: Option<&str>) -> Response {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a page was not rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, body).into_response();
    protect(response.headers_mut(), form_action);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// The headers of every page and redirect.
pub fn protect(headers: &mut HeaderMap, form_action: Option<&str>) {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'{}{}; \
         frame-ancestors 'none'; base-uri 'none'",
        if form_action.is_some() { " " } else { "" },
        form_action.unwrap_or_default(),
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A 303 to a place that was decided (`ReturnTo`) or to a path of ours.
pub fn see_other(location: &str) -> Response {
    let mut response = Redirect::to(location).into_response();
    protect(response.headers_mut(), None);
    response
}
