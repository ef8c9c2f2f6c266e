//! Where a person goes after signing in: a path of ours or a URL of an allowed origin, parsed, compared by origin and
//! rebuilt. Everything else goes to the default without complaint: a link is no place for an argument with a stranger.

use url::{Host, Origin, Url};

/// Longer ones go to the default. An authorization request comes back this way, with a `state` of some kilobytes, encoded.
pub const MAX_BYTES: usize = 16 * 1024;

/// Why an origin in the configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an origin; write `https://app.example.com`, with a port where it has one, or `https://*.example.com`"
)]
pub struct AllowedOriginError(String);

/// An origin that people may be sent to: an exact one, or every host below a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigin {
    text: String,
    scheme: String,
    /// Without the `*.`.
    host: String,
    port: Option<u16>,
    below: bool,
}

impl AllowedOrigin {
    /// Reads `scheme://host[:port]` or `scheme://*.domain[:port]`, http or https.
    ///
    /// # Errors
    /// [`AllowedOriginError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, AllowedOriginError> {
        let refused = || AllowedOriginError(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let (below, authority) = rest.strip_prefix("*.").map_or((false, rest), |domain| (true, domain));
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let url = Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| refused())?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let plain = matches!(url.scheme(), "http" | "https")
            && !authority.contains(['/', '\\', '?', '#', '@', '*'])
            && !authority.contains(|c: char| c.is_whitespace() || c.is_control())
            && !host.ends_with('.')
            && (!below || (matches!(url.host(), Some(Host::Domain(_))) && host.contains('.')));
        if !plain {
            return Err(refused());
        }
        Ok(Self {
            text: text.to_owned(),
            scheme: url.scheme().to_owned(),
            host,
            port: url.port_or_known_default(),
            below,
        })
    }

    /// As the operator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, or the domain that the hosts are below.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it stands for every host below a domain.
    #[must_use]
    pub const fn is_wildcard(&self) -> bool {
        self.below
    }

    fn admits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let host_fits = if self.below {
            host.strip_suffix(self.host.as_str()).is_some_and(|label| label.len() > 1 && label.ends_with('.'))
        } else {
            host == self.host
        };
        host_fits && url.scheme() == self.scheme && url.port_or_known_default() == self.port
    }
}

/// Where people may be sent, and where they go when nothing else was asked for.
#[derive(Debug, Clone)]
pub struct ReturnToRules {
    public_url: Url,
    allowed: Vec<AllowedOrigin>,
    default: Url,
}

impl ReturnToRules {
    /// `default_url` comes from the operator: a path of `public_url`'s origin or an absolute URL, taken as it is.
    ///
    /// # Errors
    /// The parse error of `default_url`.
    pub fn new(public_url: Url, allowed: Vec<AllowedOrigin>, default_url: &str) -> Result<Self, url::ParseError> {
        let default = public_url.join(default_url)?;
        Ok(Self { public_url, allowed, default })
    }

    /// Decides where a request's `return_to` leads.
    #[must_use]
    pub fn decide(&self, asked: Option<&str>) -> ReturnTo {
        let accepted = asked.and_then(|text| self.accept(text));
        let asked_for = accepted.is_some();
        let url = accepted.unwrap_or_else(|| self.default.clone());
        let elsewhere = (url.origin() != self.public_url.origin()).then(|| url.origin());
        ReturnTo { url, asked_for, elsewhere }
    }

    fn accept(&self, text: &str) -> Option<Url> {
        // The URL standard drops tabs and line breaks, trims spaces and turns `\` into `/`: no honest link has any.
        if text.len() > MAX_BYTES || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return None;
        }
        let url = if text.starts_with('/') {
            if text.starts_with("//") {
                return None;
            }
            self.public_url.join(text).ok()?
        } else {
            let scheme = text.split_once("://")?.0;
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                return None;
            }
            Url::parse(text).ok()?
        };
        let stranger =
            !url.username().is_empty() || url.password().is_some() || !matches!(url.scheme(), "http" | "https");
        let known = url.origin() == self.public_url.origin() || self.allowed.iter().any(|origin| origin.admits(&url));
        (known && !stranger).then_some(url)
    }
}

/// A decided destination. Only [`ReturnToRules::decide`] can make one.
#[derive(Debug, Clone)]
pub struct ReturnTo {
    url: Url,
    asked_for: bool,
    elsewhere: Option<Origin>,
}

impl ReturnTo {
    /// The absolute URL, rebuilt by the URL library: printable ASCII, safe in a Location header. Never a bare path,
    /// which a browser could take for another host (`//evil`).
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The destination, if it was asked for and not the default: what a form carries on.
    #[must_use]
    pub fn asked_for(&self) -> Option<&str> {
        self.asked_for.then(|| self.url.as_str())
    }

    /// The destination's origin when it is not `public_url`'s, for the page's `form-action`.
    #[must_use]
    pub fn other_origin(&self) -> Option<String> {
        self.elsewhere.as_ref().map(Origin::ascii_serialization)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::{AllowedOrigin, ReturnToRules};

    fn rules() -> ReturnToRules {
        let allowed = ["https://app.example.com", "https://*.apps.example.com", "http://localhost:3000"];
        let allowed = allowed.into_iter().map(|origin| AllowedOrigin::parse(origin).unwrap()).collect();
        ReturnToRules::new(Url::parse("https://id.example.com/auth").unwrap(), allowed, "/auth/settings").unwrap()
    }

    fn goes_to(asked: &str) -> String {
        rules().decide(Some(asked)).as_str().to_owned()
    }

    const DEFAULT: &str = "https://id.example.com/auth/settings";

    #[test]
    fn allowed_places_are_rebuilt() {
        for (asked, expected) in [
            ("/x?a=b&c=d#e", "https://id.example.com/x?a=b&c=d#e"),
            ("/", "https://id.example.com/"),
            ("/a/../b", "https://id.example.com/b"),
            ("https://app.example.com/x", "https://app.example.com/x"),
            ("HTTPS://APP.example.com:443/x", "https://app.example.com/x"),
            ("https://a.b.apps.example.com", "https://a.b.apps.example.com/"),
            ("http://localhost:3000/x", "http://localhost:3000/x"),
            ("https://id.example.com/y", "https://id.example.com/y"),
            ("/%09/evil.example", "https://id.example.com/%09/evil.example"),
            ("/.//evil.example", "https://id.example.com//evil.example"),
            ("/ä", "https://id.example.com/%C3%A4"),
        ] {
            assert_eq!(goes_to(asked), expected, "{asked:?}");
        }
    }

    #[test]
    fn open_redirect_attempts_go_to_the_default() {
        for asked in [
            "",
            "x",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https:/evil.example",
            "https:app.example.com",
            "https:///app.example.com@evil.example",
            "https://user@app.example.com/",
            "https://app.example.com@evil.example/",
            "https://user:pw@app.example.com/",
            "https://app.example.com./",
            "/\t/evil.example",
            "/\n/evil.example",
            " https://evil.example",
            "\u{a0}/x",
            "javascript:alert(1)",
            "javascript://app.example.com/%0aalert(1)",
            "data:text/html,x",
            "https://evilapp.example.com/",
            "https://app.example.com.evil.example/",
            "https://evilapps.example.com",
            "https://apps.example.com/",
            "https://.apps.example.com/",
            "http://app.example.com/",
            "https://app.example.com:8443/",
            "http://localhost:3001/",
            "https://app.example.com\\@evil.example",
            "https://app.example.com%2eevil.example/",
            "https://evil.example/https://app.example.com/",
            "ftp://app.example.com/",
            "https://[::1]/",
            "https://app\u{2024}example.com/x@evil.example",
        ] {
            assert_eq!(goes_to(asked), DEFAULT, "{asked:?}");
        }
        assert_eq!(goes_to(&format!("/{}", "a".repeat(17_000))), DEFAULT);
        assert_eq!(rules().decide(None).as_str(), DEFAULT);
    }

    #[test]
    fn another_origin_is_named_for_form_action() {
        let elsewhere = rules().decide(Some("https://app.example.com/x"));
        assert_eq!(elsewhere.other_origin().as_deref(), Some("https://app.example.com"));
        assert_eq!(elsewhere.asked_for(), Some("https://app.example.com/x"));
        assert_eq!(rules().decide(Some("/x")).other_origin(), None);
        assert_eq!(rules().decide(Some("//evil")).asked_for(), None);
    }

    #[test]
    fn an_allowed_origin_is_an_origin_and_nothing_more() {
        for bad in [
            "",
            "app.example.com",
            "https://",
            "https://app.example.com/path",
            "https://*",
            "https://*.com",
            "*",
            "https://a*.example.com",
            "https://user@app.example.com",
            "ftp://app.example.com",
            "https://app.example.com.",
            "https://*.127.0.0.1",
            "https://app.example.com?x",
            "https://app example.com",
        ] {
            assert!(AllowedOrigin::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn nobody_leaves_for_a_stranger(asked in "[a-z:/\\\\@.#?%0-9 \t\u{2024}-]{0,60}") {
            let url = Url::parse(&goes_to(&asked)).unwrap();
            let host = url.host_str().unwrap();
            prop_assert!(
                ["id.example.com", "app.example.com", "localhost"].contains(&host) || host.ends_with(".apps.example.com")
            );
        }

        #[test]
        fn a_destination_is_printable_ascii(asked in "/\\PC{0,60}") {
            prop_assert!(goes_to(&asked).bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}
