//! A page: the frame that all of them share, and the headers that keep it to itself.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use vestibule_gate::grant::return_to::ReturnTo;

use super::problem::Problem;
use super::site::SiteSettings;
use crate::texts::Texts;

/// What the layout shows around a page's own content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The texts.
    pub texts: Texts,
    /// The site.
    pub settings: Arc<SiteSettings>,
    /// What state the page is in: the first half of its title.
    pub state: String,
    /// The page's one `<h1>`.
    pub heading: String,
    /// What is wrong with the form; empty when nothing is.
    pub wrongs: Vec<Wrong>,
    /// What has just been done, or is worth knowing.
    pub notices: Vec<String>,
    /// Whether the browser sends the session cookie more than once.
    pub doubled: bool,
}

/// One thing that is wrong with a form.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// The id of the field to go to; `None` when no field is at fault.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub text: String,
}

impl Frame {
    /// The title: the state and the product, and whether it is refused (WCAG 2.4.2).
    #[must_use]
    pub fn title(&self) -> String {
        let title = self.texts.say("title").with("state", &self.state).to_string();
        if self.wrongs.is_empty() { title } else { self.texts.say("title-error").with("title", title).to_string() }
    }

    /// A text by its key.
    #[must_use]
    pub fn say(&self, key: &str) -> crate::texts::Saying {
        self.texts.say(key)
    }

    /// How many things are wrong, for the plural.
    #[must_use]
    pub fn wrong_count(&self) -> i64 {
        i64::try_from(self.wrongs.len()).unwrap_or(i64::MAX)
    }

    /// With a notice, if there is one.
    #[must_use]
    pub fn noting(mut self, notice: Option<String>) -> Self {
        self.notices.extend(notice);
        self
    }

    /// Refused, because of this.
    #[must_use]
    pub fn refused(mut self, wrongs: Vec<Wrong>) -> Self {
        self.wrongs = wrongs;
        self
    }
}

/// Renders a page. Its forms may lead to our own origin, and from there on to where `return_to` leads (Chromium applies
/// `form-action` to the redirect after a POST).
///
/// # Errors
/// [`Problem::Fault`] when the page cannot be rendered.
pub fn show(status: StatusCode, page: &impl Template, return_to: Option<&ReturnTo>) -> Result<Response, Problem> {
    let mut response = Response::new(Body::from(page.render()?));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, policy(return_to));
    Ok(response)
}

/// The content security policy: nothing but our own style sheets, script and images; no frame; no other form target.
#[must_use]
pub fn policy(return_to: Option<&ReturnTo>) -> HeaderValue {
    const BEFORE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'";
    const AFTER: &str = "; frame-ancestors 'none'; base-uri 'none'";
    let other = return_to.and_then(ReturnTo::other_origin).map(|origin| format!(" {origin}")).unwrap_or_default();
    // The origin comes from the URL library as ASCII, without spaces or semicolons.
    HeaderValue::try_from(format!("{BEFORE}{other}{AFTER}"))
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; style-src 'self'; form-action 'self'"))
}

/// After a POST: go there, with GET.
#[must_use]
pub fn see_other(to: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, to)
}

/// An answer that leads elsewhere. `to` is made by [`super::links`] or by the return-to rules: printable ASCII.
#[must_use]
pub fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = Response::new(Body::empty());
    match HeaderValue::try_from(to) {
        Ok(to) => {
            *response.status_mut() = status;
            response.headers_mut().insert(http::header::LOCATION, to);
        }
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}
