//! A form that a page of ours has sent. Only the check can make one: no handler of a POST runs without it.
//!
//! `Sec-Fetch-Site: same-origin`, or where a browser sends none, `Origin` equal to `public_url`'s. `same-site`, `none`,
//! `null`, a repeated header and neither are refused: cross-site POST and login CSRF (ATK17) end here.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::body;
use super::fields::Fields;
use super::problem;
use super::site::Site;
use super::visit::Visit;

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
        let (mut parts, content) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, site).await?;
        if !is_same_origin(&parts.headers, &visit.settings.public_url.origin()) {
            return Err(problem::answer(&visit, StatusCode::FORBIDDEN));
        }
        let body = match body::form(&parts.headers, content).await {
            Ok(body) => body,
            Err(status) => return Err(problem::answer(&visit, status)),
        };
        let Some(fields) = Fields::parse(&body) else {
            return Err(problem::answer(&visit, StatusCode::BAD_REQUEST));
        };
        Ok(Self { visit, fields })
    }
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
