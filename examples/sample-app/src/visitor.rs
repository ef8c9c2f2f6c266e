//! Who a request comes from, as the proxy says it in headers. This is all that an application needs to do.
//!
//! It is safe only behind a proxy that sets *or removes* each of these headers (`vestibule proxy-config` prints such a
//! configuration): whoever reaches this application without the proxy can call themselves anybody.

use axum::http::HeaderMap;

/// What Vestibule puts before each name unless it is told otherwise.
pub(crate) const DEFAULT_PREFIX: &str = "x-authgear-";

/// Somebody who is signed in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Stays the same for as long as the account lives: the key for everything that this application stores.
    pub(crate) user_id: String,
    /// A guest: a real session, but nobody knows who it is.
    pub(crate) anonymous: bool,
    /// What the operator lets this person do.
    pub(crate) roles: Vec<String>,
    /// Every identity header that arrived, for the page that shows them.
    pub(crate) headers: Vec<(String, String)>,
}

impl Visitor {
    /// Reads the identity headers. `None`: nobody, or a request that says it in two ways, which is the same.
    pub(crate) fn from_headers(headers: &HeaderMap, prefix: &str) -> Option<Self> {
        let one = |suffix: &str| {
            let mut values = headers.get_all(format!("{prefix}{suffix}")).iter();
            let value = values.next()?.to_str().ok()?;
            values.next().is_none().then(|| value.to_owned())
        };
        if one("session-valid")? != "true" {
            return None;
        }
        // A proxy that is set up badly may put any text here (Caddy 2.6 sends its own placeholder): not a user.
        let user_id = one("user-id").filter(|id| is_uuid(id))?;
        let roles = one("user-roles").unwrap_or_default();
        let mut shown: Vec<(String, String)> = headers
            .iter()
            .filter(|(name, _)| name.as_str().starts_with(prefix))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        shown.sort();
        Some(Self {
            user_id,
            anonymous: one("user-anonymous").as_deref() != Some("false"),
            roles: roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect(),
            headers: shown,
        })
    }

    /// Whether the operator gave this person the role.
    pub(crate) fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_PREFIX, Visitor};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    const ID: &str = "018f6b8e-2f6a-7b1c-9c3d-0123456789ab";

    fn read(lines: &[(&str, &str)]) -> Option<Visitor> {
        let mut headers = HeaderMap::new();
        for (suffix, value) in lines {
            let name = HeaderName::try_from(format!("{DEFAULT_PREFIX}{suffix}")).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        Visitor::from_headers(&headers, DEFAULT_PREFIX)
    }

    #[test]
    fn somebody_is_known_by_their_headers() {
        let visitor = read(&[
            ("session-valid", "true"),
            ("user-id", ID),
            ("user-anonymous", "false"),
            ("user-roles", "admin,editor"),
        ])
        .unwrap();
        assert_eq!(visitor.user_id, ID);
        assert!(!visitor.anonymous && visitor.has_role("admin") && !visitor.has_role("adm"));
        assert_eq!(visitor.headers.len(), 4);
    }

    #[test]
    fn nobody_is_nobody() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[("session-valid", "false"), ("user-id", ID)]), None);
        assert_eq!(read(&[("user-id", ID)]), None);
    }

    #[test]
    fn text_that_is_not_an_id_is_nobody() {
        for bad in ["", "{http.reverse_proxy.header.x}", "1", "018f6b8e2f6a7b1c9c3d0123456789ab"] {
            assert_eq!(read(&[("session-valid", "true"), ("user-id", bad)]), None, "{bad}");
        }
    }

    #[test]
    fn two_answers_are_no_answer() {
        let other = "018f6b8e-2f6a-7b1c-9c3d-ffffffffffff";
        assert_eq!(read(&[("session-valid", "true"), ("user-id", ID), ("user-id", other)]), None);
    }
}
