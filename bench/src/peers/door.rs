//! A way to the picture, guarded by one authenticator: its part of nginx's configuration, and the proof that it lets in
//! whom it knows and nobody else.

use std::fmt::Write as _;

use anyhow::ensure;

use super::front::Front;
use crate::nginx::MANY;
use crate::process::Process;

use super::browser::{Answer, ask};

/// How an authenticator wants to be asked, and how it answers.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The path that nginx asks.
    pub(super) path: &'static str,
    /// The lines of its documents that tell it of the request.
    pub(super) told: &'static [&'static str],
    /// The headers of its answer that go on to the application, in lower case. The first says who the user is.
    pub(super) answer: Vec<String>,
    /// The status that a stranger gets.
    pub(super) stranger: &'static str,
}

/// A way to the picture.
pub(super) struct Door<'p> {
    /// What it is called in nginx.
    pub(super) name: &'static str,
    /// What is said about it in the report.
    pub(super) what: &'static str,
    /// Where the authenticator listens, in nginx's words.
    pub(super) address: String,
    /// Whether nginx keeps its connections to the authenticator.
    pub(super) kept: bool,
    /// How they talk.
    pub(super) dialect: &'p Dialect,
    /// The header line that presents a live session.
    pub(super) cookie: &'p str,
    /// Whose session it is.
    pub(super) user: &'p str,
    /// Who answers.
    pub(super) authenticator: &'p Process,
    /// Whom that one asks.
    pub(super) store: Option<&'p Process>,
}

impl Door<'_> {
    /// The path of the picture.
    pub(super) fn path(&self) -> String {
        format!("/{}", self.name)
    }

    /// The block in nginx's `http`.
    pub(super) fn upstream(&self) -> String {
        let kept = format!("    keepalive 64;\n    keepalive_requests {MANY};\n");
        let kept = if self.kept { kept.as_str() } else { "" };
        format!("  upstream {} {{\n    server {};\n{kept}  }}\n", self.name, self.address)
    }

    /// The blocks in nginx's `server`. The picture's answer says who the user is, as an application would be told.
    pub(super) fn locations(&self) -> String {
        let Self { name, dialect, .. } = self;
        let mut text = format!("    location = /{name} {{\n      empty_gif;\n      auth_request /_{name};\n");
        for header in &dialect.answer {
            let variable = header.replace('-', "_");
            let _ = writeln!(text, "      auth_request_set ${variable} $upstream_http_{variable};");
        }
        let _ = writeln!(text, "      add_header X-User ${};\n    }}", dialect.answer[0].replace('-', "_"));
        let _ = writeln!(
            text,
            "    location = /_{name} {{\n      internal;\n      proxy_pass http://{name}{};",
            dialect.path
        );
        let kept = ["proxy_http_version 1.1;", "proxy_set_header Connection \"\";"];
        let always = ["proxy_pass_request_body off;", "proxy_set_header Content-Length \"\";"];
        for line in kept.iter().filter(|_| self.kept).chain(&always).chain(dialect.told) {
            let _ = writeln!(text, "      {line}");
        }
        text + "    }\n"
    }

    /// Whether the door opens for the session, and for nobody without a cookie or with a forged one: a door that is
    /// always open, or always shut, is fast.
    pub(super) fn check(&self, front: &Front) -> anyhow::Result<()> {
        let url = front.url(&self.path());
        let friend = ask(&url, self.cookie, None)?;
        let is_known = friend.status == "200" && friend.header("x-user") == Some(self.user);
        ensure!(is_known, "{}: a live session is not let in as {}: {friend:?}", self.what, self.user);
        for cookie in [String::new(), forged(self.cookie)] {
            let stranger = ask(&url, &cookie, None)?;
            ensure!(self.is_refusal(&stranger), "{}: let in with {cookie:?}: {stranger:?}", self.what);
        }
        Ok(())
    }

    fn is_refusal(&self, answer: &Answer) -> bool {
        answer.status == self.dialect.stranger && answer.header("x-user").is_none()
    }
}

/// The same cookie with one character of its middle changed.
fn forged(cookie: &str) -> String {
    let middle = cookie.len() / 2;
    let other = if cookie.as_bytes()[middle] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &cookie[..middle], &cookie[middle + 1..])
}

#[cfg(test)]
mod tests {
    use super::forged;

    #[test]
    fn a_forged_cookie_differs_in_its_value_alone() {
        assert_eq!(forged("Cookie: session=AAAAAAAAAAAAAAAAAAAA"), "Cookie: session=AABAAAAAAAAAAAAAAAAA");
    }
}
