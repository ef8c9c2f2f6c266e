//! The parameters of an authorization or token request: each name once, in UTF-8, or none of them are read.
//! Of a name that comes twice, two programs would take different values (OAuth 2.1 section 3.1).

use std::borrow::Cow;
use std::fmt;

use url::form_urlencoded;

/// The most that one request has. Keeps the search for repeated names short.
const MOST: usize = 64;
/// How much of a repeated name is told, in characters.
const TOLD: usize = 64;

/// Why parameters are not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8 once it is decoded.
    #[error("the parameters are not UTF-8")]
    NotUtf8,
    /// More than 64.
    #[error("there are more than 64 parameters")]
    TooMany,
    /// A name that comes more than once: the first 64 characters of it, which a stranger wrote.
    #[error("the parameter {0:?} comes more than once")]
    Repeated(String),
}

/// Names and values, decoded, each name once. Prints the names only: codes, verifiers and secrets are among the values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` bytes: a body, or what stands behind `?`. How many bytes there may be
    /// is decided where they are received.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        // The URL library puts U+FFFD for what is not UTF-8: one client could then go by two names.
        percent_encoding::percent_decode(bytes).decode_utf8().map_err(|_| Unreadable::NotUtf8)?;
        let mut read: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            if read.iter().any(|(known, _)| *known == name) {
                return Err(Unreadable::Repeated(name.chars().take(TOLD).collect()));
            }
            if read.len() == MOST {
                return Err(Unreadable::TooMany);
            }
            read.push((name.into_owned(), Cow::into_owned(value)));
        }
        Ok(Self(read))
    }

    /// A parameter's value. An empty one counts as absent (RFC 6749 section 3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All of them in the order in which they came, empty values too.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Parameters, Unreadable};

    fn value(query: &str) -> Result<Option<String>, Unreadable> {
        Parameters::parse(query.as_bytes()).map(|read| read.get("a").map(str::to_owned))
    }

    #[test]
    fn a_repeated_parameter_is_refused_and_named() {
        let repeated = |name: &str| Err(Unreadable::Repeated(name.to_owned()));
        assert_eq!(value("a=1&a=1"), repeated("a"));
        assert_eq!(value("a=1&b=2&%61=3"), repeated("a"));
        assert_eq!(value("b=&a=1&b="), repeated("b"));
        assert_eq!(value("b&b"), repeated("b"));
        let long = "x".repeat(100);
        assert_eq!(value(&format!("{long}&{long}")), repeated(&"x".repeat(64)));
        assert_eq!(value("a%0a=&a%0A=").unwrap_err().to_string(), r#"the parameter "a\n" comes more than once"#);
    }

    #[test]
    fn a_request_has_one_reading() {
        assert_eq!(value("a=1&b=2&c"), Ok(Some("1".to_owned())));
        assert_eq!(value("a=%C3%A9+%2b"), Ok(Some("é +".to_owned())));
        assert_eq!(value(""), Ok(None));
        assert_eq!(value("a="), Ok(None), "an empty value is an absent one");
        assert_eq!(value("A=1"), Ok(None), "names have a case");
        for bad in ["a=%ff", "a=%C3&b=%A9", "%ff=a"] {
            assert_eq!(value(bad), Err(Unreadable::NotUtf8), "{bad}");
        }
        assert_eq!(Parameters::parse(b"a=\xff"), Err(Unreadable::NotUtf8));
        let many = |count: usize| (0..count).map(|n| format!("&{n}=")).collect::<String>();
        assert_eq!(value(&many(64)), Ok(None));
        assert_eq!(value(&many(65)), Err(Unreadable::TooMany));
    }

    #[test]
    fn a_secret_among_the_values_is_not_printed() {
        let read = Parameters::parse(b"client_id=app&client_secret=vbk_x").unwrap();
        assert_eq!(format!("{read:?}"), r#"{"client_id", "client_secret"}"#);
    }

    proptest! {
        #[test]
        fn what_a_client_sends_is_read_as_it_was_meant(a in ".*", b in ".*") {
            let mut sent = url::form_urlencoded::Serializer::new(String::new());
            sent.extend_pairs([("a", &a), ("b", &b)]);
            let read = Parameters::parse(sent.finish().as_bytes()).unwrap();
            prop_assert_eq!(read.get("a").unwrap_or_default(), &a);
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), vec![("a", a.as_str()), ("b", b.as_str())]);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Ok(read) = Parameters::parse(&bytes) {
                let mut names: Vec<_> = read.iter().map(|(name, _)| name).collect();
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), read.iter().count());
            }
        }
    }
}
