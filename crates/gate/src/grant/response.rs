//! How the answer to an authorization request travels back. Built by the URL library from parts: a value can end no
//! parameter, and the query that a client registered stays as it is.

use url::form_urlencoded;

use super::authorize::{ResponseMode, ReturnAddress};

/// An answer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// For a `Location` header: an absolute URL in printable ASCII.
    Redirect(String),
    /// For a page with a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost {
        /// Where to.
        action: String,
        /// Names and values, not escaped yet.
        fields: Vec<(String, String)>,
    },
}

/// Builds the answer from its parameters. `state` is added here, where the request had one, and `iss` is the caller's
/// to give (RFC 9207).
#[must_use]
pub fn respond(to: &ReturnAddress, pairs: &[(&str, &str)]) -> Response {
    let state = to.state().map(|state| ("state", state));
    let pairs = || pairs.iter().copied().chain(state);
    let mut url = to.url().clone();
    match to.mode() {
        ResponseMode::FormPost => {
            let fields = pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            return Response::FormPost { action: url.into(), fields };
        }
        // An empty answer must not add a `?`.
        ResponseMode::Query | ResponseMode::Fragment if pairs().next().is_none() => {}
        ResponseMode::Query => {
            url.query_pairs_mut().extend_pairs(pairs());
        }
        ResponseMode::Fragment => {
            let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs()).finish();
            url.set_fragment(Some(&text));
        }
    }
    Response::Redirect(url.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::{Url, form_urlencoded};

    use super::super::authorize::ReturnAddress;
    use super::super::examples::{client, parameters};
    use super::super::kind::ClientKind;
    use super::super::redirect_uri::RedirectUri;
    use super::{Response, respond};

    fn to(uri: &str, further: &[(&str, &str)]) -> ReturnAddress {
        let mut client = client(ClientKind::Native);
        client.redirect_uris = vec![RedirectUri::register(uri, ClientKind::Native).unwrap()];
        let parameters = parameters(&[&[("redirect_uri", uri)], further].concat());
        ReturnAddress::decide(&parameters, &client, None).unwrap()
    }

    fn redirect(uri: &str, further: &[(&str, &str)], pairs: &[(&str, &str)]) -> String {
        match respond(&to(uri, further), pairs) {
            Response::Redirect(url) => url,
            Response::FormPost { .. } => panic!("a form"),
        }
    }

    #[test]
    fn the_registered_query_is_kept() {
        for (uri, expected) in [
            ("https://app.example.com/cb", "https://app.example.com/cb?code=x&state=s"),
            ("https://app.example.com/cb?", "https://app.example.com/cb?code=x&state=s"),
            ("https://app.example.com/cb?a=%20+b", "https://app.example.com/cb?a=%20+b&code=x&state=s"),
            ("https://app.example.com", "https://app.example.com/?code=x&state=s"),
            ("http://127.0.0.1:7/cb", "http://127.0.0.1:7/cb?code=x&state=s"),
            ("com.example.app:/cb", "com.example.app:/cb?code=x&state=s"),
            ("com.example.app://host/cb?a", "com.example.app://host/cb?a&code=x&state=s"),
        ] {
            assert_eq!(redirect(uri, &[("state", "s")], &[("code", "x")]), expected);
        }
        let uri = "https://app.example.com/cb?a=b";
        let fragment = redirect(uri, &[("state", "s t"), ("response_mode", "fragment")], &[("code", "x")]);
        assert_eq!(fragment, "https://app.example.com/cb?a=b#code=x&state=s+t");
    }

    #[test]
    fn an_answer_that_says_nothing_leaves_the_address_as_it_is() {
        for mode in ["query", "fragment"] {
            assert_eq!(
                redirect("https://app.example.com/cb", &[("response_mode", mode)], &[]),
                "https://app.example.com/cb"
            );
        }
    }

    #[test]
    fn a_form_has_the_values_as_they_are() {
        let to = to("https://app.example.com/cb?a=b", &[("response_mode", "form_post"), ("state", "\"><script>")]);
        let fields = vec![("code".to_owned(), "x y".to_owned()), ("state".to_owned(), "\"><script>".to_owned())];
        let action = "https://app.example.com/cb?a=b".to_owned();
        assert_eq!(respond(&to, &[("code", "x y")]), Response::FormPost { action, fields });
    }

    proptest! {
        #[test]
        fn a_value_can_end_no_parameter_and_no_header(state in ".{1,40}", value in ".{0,40}", fragment: bool) {
            let mode = if fragment { "fragment" } else { "query" };
            let uri = "https://app.example.com/cb?a=b";
            let location = redirect(uri, &[("state", &state), ("response_mode", mode)], &[("error", &value)]);
            prop_assert!(location.bytes().all(|b| b.is_ascii_graphic()));
            let url = Url::parse(&location).unwrap();
            prop_assert_eq!(url.origin().ascii_serialization(), "https://app.example.com");
            prop_assert_eq!(url.path(), "/cb");
            let answer = if fragment { url.fragment().unwrap().to_owned() } else { url.query().unwrap()["a=b&".len()..].to_owned() };
            let read: Vec<_> = form_urlencoded::parse(answer.as_bytes()).into_owned().collect();
            prop_assert_eq!(read, vec![("error".to_owned(), value), ("state".to_owned(), state)]);
        }
    }
}
