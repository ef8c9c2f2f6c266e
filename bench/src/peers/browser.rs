//! As much of a browser as a sign-in needs: it keeps cookies and follows redirections.
//!
//! It tells no hosts apart, so every server sees every cookie. It must never leave this machine.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// A browser that has been nowhere yet.
#[derive(Debug, Default)]
pub(super) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Goes to a URL, with a form if there is one, and to wherever it is sent from there.
    pub(super) fn visit(&mut self, url: &str, form: Option<&str>) -> anyhow::Result<Answer> {
        let mut answer = ask(url, &self.cookie_line(), form)?;
        for _ in 0..10 {
            self.keep_cookies(&answer);
            let Some(next) = answer.header("location").filter(|_| answer.status.starts_with('3')) else {
                return Ok(answer);
            };
            let next =
                if next.starts_with('/') { format!("http://{}{next}", host(&answer.url)?) } else { next.to_owned() };
            answer = ask(&next, &self.cookie_line(), None)?;
        }
        bail!("{url} leads in circles")
    }

    /// The header line that presents every cookie.
    pub(super) fn cookie_line(&self) -> String {
        if self.cookies.is_empty() {
            return String::new();
        }
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers("set-cookie") {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// What a server has answered, without the body.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What was asked for in the end.
    pub(super) url: String,
    /// Three digits.
    pub(crate) status: String,
    head: String,
}

impl Answer {
    /// The first header of this name, which is in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Asks once, on a connection of its own. `cookie` is a whole line or empty.
pub(crate) fn ask(url: &str, cookie: &str, form: Option<&str>) -> anyhow::Result<Answer> {
    let host = host(url)?;
    let path = url.split_once(host).map(|(_, path)| path).unwrap_or_default();
    let mut stream = TcpStream::connect(host).with_context(|| format!("connecting to {host}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let common = format!("Host: {host}\r\nConnection: close\r\n{cookie}");
    let request = match form {
        None => format!("GET {path} HTTP/1.1\r\n{common}\r\n"),
        Some(form) => format!(
            "POST {path} HTTP/1.1\r\n{common}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             \r\n{form}",
            form.len()
        ),
    };
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).with_context(|| format!("waiting for {url}"))?;
    let text = String::from_utf8_lossy(&bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status = head.split(' ').nth(1).with_context(|| format!("{url} is not answered with HTTP: {head}"))?.to_owned();
    Ok(Answer { url: url.to_owned(), status, head })
}

fn host(url: &str) -> anyhow::Result<&str> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url} is not plain http"))?;
    Ok(rest.split(['/', '?']).next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Browser};

    #[test]
    fn a_cookie_without_a_value_is_forgotten() {
        let mut browser = Browser::default();
        for lines in ["Set-Cookie: a=1; Path=/\r\nset-cookie: b=2", "Set-Cookie: b=; Max-Age=0"] {
            let head = format!("HTTP/1.1 200 OK\r\n{lines}");
            browser.keep_cookies(&Answer { url: String::new(), status: "200".to_owned(), head });
        }
        assert_eq!(browser.cookie_line(), "Cookie: a=1\r\n");
    }
}
