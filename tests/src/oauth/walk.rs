//! The way through the pages: what a person does until the browser is sent back to the application.

use url::Url;

use crate::http::Response;
use crate::person::Person;
use crate::server::PASSWORD;

/// A page on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// E-mail address and password.
    SignIn,
    /// "Continue as."
    Continue,
    /// What a third party wants.
    Consent,
    /// "Do you want to sign out?"
    SignOut,
}

/// What the application was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The parameters of the answer.
    pub parameters: Vec<(String, String)>,
}

impl Returned {
    /// Reads an answer in the query of a redirect to `redirect_uri`.
    #[must_use]
    pub fn read(response: &Response, redirect_uri: &str) -> Option<Self> {
        let location = response.header("location").filter(|_| matches!(response.status, 302 | 303))?;
        Self::at(location, redirect_uri)
    }

    /// Reads an answer in the query of an address.
    fn at(location: &str, redirect_uri: &str) -> Option<Self> {
        let query = location.strip_prefix(redirect_uri)?.strip_prefix('?')?;
        let url = Url::parse(&format!("http://x/?{query}")).ok()?;
        Some(Self { parameters: url.query_pairs().into_owned().collect() })
    }

    /// A parameter; not there, or there twice: none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The code.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> &str {
        self.get("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// The error code, if it is an error.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.get("error")
    }
}

/// A whole way.
#[derive(Debug)]
pub struct Walked {
    /// What the application was told.
    pub returned: Returned,
    /// The pages that were shown on the way.
    pub pages: Vec<Page>,
}

/// Goes on from an answer until the browser leaves for the application.
#[track_caller]
pub(super) fn walk(person: &mut Person, email: &str, first: Response, redirect_uri: &str) -> Walked {
    let (location, pages) = browse(person, email, first);
    let returned = Returned::at(&location, redirect_uri).unwrap_or_else(|| panic!("sent to {location}"));
    Walked { returned, pages }
}

/// Goes on from an answer until the browser leaves us, and says for where, and what was shown before.
///
/// # Panics
/// When it never leaves.
#[track_caller]
pub fn browse(person: &mut Person, email: &str, first: Response) -> (String, Vec<Page>) {
    let mut pages = Vec::new();
    let mut response = first;
    for _ in 0..8 {
        let location = response.header("location").map(str::to_owned).filter(|_| response.status == 303);
        response = match location {
            Some(location) if !person.is_ours(&location) => return (location, pages),
            Some(location) => person.open(&location),
            None => {
                let (page, answer) = act(person, email, &response);
                pages.push(page);
                answer
            }
        };
    }
    panic!("the way leads nowhere: {pages:?}, {}", response.head);
}

/// Does what a page asks for.
#[track_caller]
fn act(person: &mut Person, email: &str, response: &Response) -> (Page, Response) {
    let text = response.text();
    assert_eq!(response.status, 200, "{}{text}", response.head);
    if let Some(request) = hidden(&text, "request") {
        if text.contains("/oauth2/end_session/confirm") {
            return (Page::SignOut, person.post("/oauth2/end_session/confirm", &[("request", &request)]));
        }
        let (page, word) =
            if text.contains("value=\"cancel\"") { (Page::Consent, "consent") } else { (Page::Continue, "continue") };
        let shown_to = hidden(&text, "person").unwrap_or_default();
        let fields = [("request", request.as_str()), ("person", &shown_to), ("x_action", word)];
        return (page, person.post("/oauth2/consent", &fields));
    }
    let Some(to) = hidden(&text, "return_to") else { panic!("a page that leads nowhere: {text}") };
    let mut fields = vec![("email", email), ("password", PASSWORD), ("return_to", &to)];
    if hidden(&text, "again").is_some() {
        fields.push(("again", "1"));
    }
    (Page::SignIn, person.post("/login", &fields))
}

/// The value of a hidden field.
#[must_use]
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))?;
    let (value, _) = rest.split_once('"')?;
    let plain = value.replace("&#38;", "&").replace("&amp;", "&").replace("&#x26;", "&");
    Some(plain.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">"))
}
