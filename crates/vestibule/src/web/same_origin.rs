//! A form that a page of ours has sent. Only the check can make one: no handler of a POST runs without it.
//!
//! `Sec-Fetch-Site: same-origin`, or where a browser sends none, `Origin` equal to `public_url`'s. `same-site`, `none`,
//! `null`, a repeated header and neither are refused: cross-site POST and login CSRF (ATK17) end here.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

use super::fields::Fields;
use super::problem;
use super::site::Site;
use super::visit::Visit;

/// The largest form, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// How long a form may take to arrive once its head has.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// The fields of a form from a page of ours, and the visit that sent it.
pub struct SameOriginForm {
    /// The visit.
    pub visit: Visit,
    fields: Fields,
}

impl SameOriginForm {
    /// A field's value; empty when it is missing.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_default()
    }

    /// A field's value, if it is there and not empty.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.fields.get(name)
    }
}

impl FromRequest<Site> for SameOriginForm {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, site).await?;
        if !is_same_origin(&parts.headers, &visit.settings.public_url.origin()) {
            return Err(problem::answer(&visit, StatusCode::FORBIDDEN));
        }
        if !is_form(&parts.headers) {
            return Err(problem::answer(&visit, StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = match timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                return Err(problem::answer(&visit, StatusCode::PAYLOAD_TOO_LARGE));
            }
            Ok(Err(_)) => return Err(problem::answer(&visit, StatusCode::BAD_REQUEST)),
            Err(_) => return Err(problem::answer(&visit, StatusCode::REQUEST_TIMEOUT)),
        };
        let Some(fields) = Fields::parse(&body) else {
            return Err(problem::answer(&visit, StatusCode::BAD_REQUEST));
        };
        Ok(Self { visit, fields })
    }
}

/// Whether the body says that it is a form: the media type is compared whole, and its parameters do not matter.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn is_same_origin(headers: &HeaderMap, own: &str) -> bool {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let first = values.next();
        (first.map(|value| value.as_bytes().to_vec()), values.next().is_some())
    };
    let (site, site_repeated) = only("sec-fetch-site");
    let (origin, origin_repeated) = only("origin");
    if site_repeated || origin_repeated {
        return false;
    }
    match site {
        Some(site) => site == b"same-origin",
        None => origin.is_some_and(|origin| origin == own.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::is_same_origin;

    fn passes(lines: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        is_same_origin(&headers, "https://id.example.com")
    }

    #[test]
    fn a_cross_site_post_is_refused() {
        assert!(passes(&[("sec-fetch-site", "same-origin")]));
        assert!(passes(&[("origin", "https://id.example.com")]));
        for refused in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://id.example.com")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("origin", "null")],
            &[("origin", "http://id.example.com")],
            &[("origin", "https://id.example.com:8443")],
            &[("origin", "https://id.example.com"), ("origin", "https://evil.example")],
            &[("referer", "https://id.example.com/login")],
        ] {
            assert!(!passes(refused), "{refused:?}");
        }
    }
}
