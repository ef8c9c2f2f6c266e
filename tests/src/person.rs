//! Somebody with a browser that is not one: cookies are kept and forms are sent as a browser does, by hand.

use std::io;

use crate::http::{Address, Response, try_exchange};
use crate::server::PASSWORD;

/// A cookie jar and a place to go.
#[derive(Debug, Clone)]
pub struct Person {
    address: Address,
    origin: String,
    path: String,
    cookies: Vec<(String, String)>,
    /// Headers besides the usual ones.
    pub headers: Vec<(String, String)>,
}

impl Person {
    /// With no cookies yet.
    pub fn new(address: Address, origin: &str, path: &str) -> Self {
        let (origin, path) = (origin.to_owned(), path.to_owned());
        Self { address, origin, path, cookies: Vec::new(), headers: Vec::new() }
    }

    /// Opens one of our pages.
    #[track_caller]
    pub fn get(&mut self, page: &str) -> Response {
        self.answered("GET", &format!("{}{page}", self.path), &[("Sec-Fetch-Site", "same-origin")], None)
    }

    /// Opens any path of the host.
    #[track_caller]
    pub fn get_path(&mut self, path: &str) -> Response {
        self.answered("GET", path, &[], None)
    }

    /// Whether an address leads to us.
    #[must_use]
    pub fn is_ours(&self, url: &str) -> bool {
        let path = url.strip_prefix(&self.origin).unwrap_or(url);
        path.starts_with('/') && !path.starts_with("//")
    }

    /// Follows a link or a redirect to an address of ours from another site.
    ///
    /// # Panics
    /// When it leads elsewhere.
    #[track_caller]
    pub fn open(&mut self, url: &str) -> Response {
        assert!(self.is_ours(url), "{url} is not an address of {}", self.origin);
        let path = url.strip_prefix(&self.origin).unwrap_or(url).to_owned();
        self.answered("GET", &path, &[("Sec-Fetch-Site", "cross-site")], None)
    }

    /// Sends a form from our own page.
    #[track_caller]
    pub fn post(&mut self, page: &str, fields: &[(&str, &str)]) -> Response {
        self.post_as(page, fields, &[("Sec-Fetch-Site", "same-origin")])
    }

    /// Sends a form with the headers that say where it comes from.
    #[track_caller]
    pub fn post_as(&mut self, page: &str, fields: &[(&str, &str)], from: &[(&str, &str)]) -> Response {
        self.answered("POST", &format!("{}{page}", self.path), from, Some(&form(fields)))
    }

    /// Sends a JSON document.
    #[track_caller]
    pub fn post_json(&mut self, page: &str, body: &str) -> Response {
        let host = self.origin.split("//").nth(1).unwrap_or_default();
        let raw = format!(
            "POST {}{page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.path,
            body.len()
        );
        try_exchange(&self.address, raw.as_bytes()).unwrap_or_else(|error| panic!("{page}: no answer: {error}"))
    }

    /// As [`Self::post`], to a server that may be gone.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_post(&mut self, page: &str, fields: &[(&str, &str)]) -> io::Result<Response> {
        self.request("POST", &format!("{}{page}", self.path), &[("Sec-Fetch-Site", "same-origin")], Some(&form(fields)))
    }

    /// Asks for a path of this origin, whoever has it, from a server that may be gone.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn try_get_page(&mut self, path: &str) -> io::Result<Response> {
        self.request("GET", path, &[], None)
    }

    /// Signs in with [`PASSWORD`] and checks that it worked.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn sign_in(&mut self, email: &str) -> &mut Self {
        let answer = self.try_sign_in(email, PASSWORD);
        assert_eq!(answer.status, 303, "{email} cannot sign in: {}{}", answer.head, answer.text());
        self
    }

    /// Tries to sign in.
    #[track_caller]
    pub fn try_sign_in(&mut self, email: &str, password: &str) -> Response {
        self.post("/login", &[("email", email), ("password", password)])
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The secret of the session.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn session(&self) -> String {
        self.cookie("session").expect("somebody who is signed in").to_owned()
    }

    /// Puts a cookie into the jar, as a neighbour's page could.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(own, _)| own != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// The first cookie whose name begins so: name and value.
    pub fn cookie_that_begins(&self, name: &str) -> Option<(String, String)> {
        self.cookies.iter().find(|(own, _)| own.starts_with(name)).cloned()
    }

    /// Forgets a cookie.
    pub fn drop_cookie(&mut self, name: &str) {
        self.cookies.retain(|(own, _)| own != name);
    }

    #[track_caller]
    fn answered(&mut self, method: &str, path: &str, more: &[(&str, &str)], form: Option<&str>) -> Response {
        self.request(method, path, more, form).unwrap_or_else(|error| panic!("{method} {path}: no answer: {error}"))
    }

    fn request(&mut self, method: &str, path: &str, more: &[(&str, &str)], form: Option<&str>) -> io::Result<Response> {
        let host = self.origin.split("//").nth(1).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        let mut line = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        more.iter().for_each(|(name, value)| line(name, value));
        self.headers.iter().for_each(|(name, value)| line(name, value));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            line("Cookie", &pairs.join("; "));
        }
        if let Some(form) = form {
            line("Content-Type", "application/x-www-form-urlencoded");
            line("Content-Length", &form.len().to_string());
        }
        let answer = try_exchange(&self.address, format!("{head}\r\n{}", form.unwrap_or_default()).as_bytes())?;
        self.keep(&answer);
        Ok(answer)
    }

    fn keep(&mut self, answer: &Response) {
        // Deletions first: a page clears both forms of a name (with and without Domain) beside the cookie it sets.
        let (gone, set): (Vec<&str>, Vec<&str>) = answer.all("set-cookie").partition(|cookie| is_deletion(cookie));
        for cookie in gone.into_iter().chain(set) {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            self.drop_cookie(name);
            if !is_deletion(cookie) {
                self.set_cookie(name, value);
            }
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

fn is_deletion(cookie: &str) -> bool {
    cookie.to_ascii_lowercase().contains("max-age=0")
}

/// Percent-encodes everything but letters and digits.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
