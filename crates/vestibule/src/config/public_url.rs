//! Where people reach the pages: scheme, host and, where Vestibule shares a host with applications, a path.

use std::fmt;

use url::Url;

use super::setting::text_setting;

/// The URL of the pages, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

text_setting!(
    PublicUrl,
    "a URL such as `https://auth.example.com` or `https://app.example.com/auth`",
    PublicUrl::parse
);

impl PublicUrl {
    /// Reads the URL.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused = |why: &str| {
            format!("`{text}` {why}; write a URL such as `https://auth.example.com` or `https://app.example.com/auth`")
        };
        let mut url = Url::parse(text).map_err(|_| refused("is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(refused("is not an http or https URL"));
        }
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a query, a fragment or a user name"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.contains("//")
            || path.contains(['%', ';', ':', '{', '}', '*', '$'])
            || url.host_str().is_some_and(|host| host.ends_with('.'))
        {
            return Err(refused("has a path or a host that programs could read differently"));
        }
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL. Its path is `/` when it has none.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The path before every page: empty, or `/auth`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// `https://auth.example.com`, as browsers write it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether cookies are `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path())
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn a_path_is_kept_and_a_slash_is_not() {
        let url = PublicUrl::parse("http://localhost:8080/auth/").unwrap();
        assert_eq!((url.to_string().as_str(), url.path()), ("http://localhost:8080/auth", "/auth"));
        let root = PublicUrl::parse("https://Auth.Example.com").unwrap();
        assert_eq!((root.to_string().as_str(), root.path(), root.is_https()), ("https://auth.example.com", "", true));
        for bad in [
            "",
            "auth.example.com",
            "ftp://a.example",
            "https://a.example/?x",
            "https://u@a.example",
            "https://a.example//b",
            "https://a.example./",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad:?}");
        }
    }
}
