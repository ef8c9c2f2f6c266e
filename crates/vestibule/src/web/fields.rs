//! The fields of a form or of a query (`application/x-www-form-urlencoded`, URL standard section 5): each name once, in
//! UTF-8, or they are not read at all. What two programs could read differently has no reading here.

use percent_encoding::percent_decode;
use url::form_urlencoded;

/// Names and values, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the bytes of a body, or of what stands behind `?`. `None` when a name is repeated or something is not UTF-8.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        // The URL library puts U+FFFD for what is not UTF-8: a password could then be typed in two ways.
        percent_decode(bytes).decode_utf8().ok()?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(bytes).into_owned().collect();
        let repeated = |(index, (name, _)): (usize, &(String, String))| fields[..index].iter().any(|(n, _)| n == name);
        (fields.len() <= MOST && !fields.iter().enumerate().any(repeated)).then_some(Self(fields))
    }

    /// A field's value, if it is there and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// No page of ours has as many. Keeps the search for repeated names short.
const MOST: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Fields;

    #[test]
    fn a_form_with_two_readings_has_none() {
        let value = |body: &str| Fields::parse(body.as_bytes()).map(|f| f.get("a").unwrap_or_default().to_owned());
        assert_eq!(value("a=1&b=2&c").as_deref(), Some("1"));
        assert_eq!(value("a=%C3%A9+%2b").as_deref(), Some("é +"));
        assert_eq!(value("").as_deref(), Some(""));
        assert_eq!(value("a=1&a=1"), None);
        assert_eq!(value("a=1&%61=2"), None);
        assert_eq!(value("a=%C3&b=%A9"), None);
        assert_eq!(value("a=%ff"), None);
        assert_eq!(Fields::parse(b"a=\xff"), None);
        assert_eq!(value(&(0..65).map(|n| format!("&{n}=")).collect::<String>()), None);
    }

    proptest! {
        #[test]
        fn what_a_browser_sends_is_read_as_it_was_typed(a in ".*", b in ".*") {
            let sent = url::form_urlencoded::Serializer::new(String::new()).extend_pairs([("a", &a), ("b", &b)]).finish();
            let fields = Fields::parse(sent.as_bytes()).unwrap();
            prop_assert_eq!(fields.get("a").unwrap_or_default(), a);
            prop_assert_eq!(fields.get("b").unwrap_or_default(), b);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Fields::parse(&bytes);
        }
    }
}
