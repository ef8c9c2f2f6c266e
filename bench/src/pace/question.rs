//! What a load asks, in turns, and which answers it takes. Anything else is an error: a door that refuses is fast.

use anyhow::{Context as _, bail, ensure};
use vestibule_gate::verdict::{HeaderPrefix, SUFFIXES};

use crate::server::{cookie, request};

/// Questions of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question<'q> {
    /// Resolves with these secrets, all of which are live, or none.
    Resolve {
        /// The values of the cookie.
        secrets: &'q [String],
        /// Whether the answer must be yes, or must be no.
        live: bool,
    },
    /// Resolves with these secrets, all of which are live. A server that cannot find out may say so with a 503.
    ResolveOrBusy(&'q [String]),
    /// Asks an nginx for the head of a page that it protects, with a live credential in this whole line: the resolver is
    /// asked all the same, and the answer has no body.
    Through(&'q str),
    /// These whole requests, to a page that may answer any status. A 503 must say when to come back.
    Page(&'q [String]),
}

/// An answer that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Its status.
    pub(crate) status: u16,
    /// Whether the connection is of no more use: the pages close it behind every form.
    pub(crate) closes: bool,
}

/// Puts the questions into bytes and reads the answers.
#[derive(Debug)]
pub(crate) struct Speaker<'q> {
    question: Question<'q>,
    /// What stands before and behind the secret.
    around: (String, String),
    /// The verdict's line.
    verdict: String,
    /// Where it began in the last answer, which is where it begins in the next one.
    place: usize,
}

impl<'q> Speaker<'q> {
    /// For these questions.
    pub(crate) fn new(question: Question<'q>) -> Self {
        let live = !matches!(question, Question::Resolve { live: false, .. });
        let whole = match question {
            Question::Through(line) => request("HEAD", line),
            Question::Resolve { .. } | Question::ResolveOrBusy(_) | Question::Page(_) => request("GET", &cookie("|")),
        };
        let (before, behind) = whole.split_once('|').unwrap_or((&whole, ""));
        let verdict = format!("\r\n{}{}: {live}\r\n", HeaderPrefix::default().as_str(), SUFFIXES[0]);
        Self { question, around: (before.to_owned(), behind.to_owned()), verdict, place: 0 }
    }

    /// Writes the request with this number.
    pub(crate) fn ask(&self, number: u64, out: &mut Vec<u8>) {
        out.clear();
        let turn = |count: usize| (number % count as u64) as usize;
        match self.question {
            Question::Through(_) => out.extend_from_slice(self.around.0.as_bytes()),
            Question::Resolve { secrets, .. } | Question::ResolveOrBusy(secrets) => {
                out.extend_from_slice(self.around.0.as_bytes());
                out.extend_from_slice(secrets[turn(secrets.len())].as_bytes());
                out.extend_from_slice(self.around.1.as_bytes());
            }
            Question::Page(requests) => out.extend_from_slice(requests[turn(requests.len())].as_bytes()),
        }
    }

    /// The answer that has arrived as a whole; `None` while it has not.
    pub(crate) fn heard(&mut self, answer: &[u8]) -> anyhow::Result<Option<Heard>> {
        match self.question {
            Question::Page(_) => page(answer),
            // The resolver never sends a body.
            _ if !answer.ends_with(b"\r\n\r\n") => Ok(None),
            Question::ResolveOrBusy(_) if answer.starts_with(b"HTTP/1.1 503 ") => {
                Ok(Some(Heard { status: 503, closes: false }))
            }
            _ => self.verdict(answer).map(Some),
        }
    }

    fn verdict(&mut self, answer: &[u8]) -> anyhow::Result<Heard> {
        let line = self.verdict.as_bytes();
        if !answer.get(self.place..).is_some_and(|rest| rest.starts_with(line)) {
            let found = answer.windows(line.len()).position(|part| part == line);
            let Some(place) = found else { bail!("not the verdict that is right:\n{}", text(answer)) };
            self.place = place;
        }
        ensure!(answer.starts_with(b"HTTP/1.1 200 "), "not a 200:\n{}", text(answer));
        Ok(Heard { status: 200, closes: false })
    }
}

fn page(answer: &[u8]) -> anyhow::Result<Option<Heard>> {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return Ok(None) };
    let head = text(&answer[..end]).to_ascii_lowercase();
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length: usize = value("content-length:").unwrap_or("0").parse().context("a page's length")?;
    if answer.len() < end + 4 + length {
        return Ok(None);
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a page's status")?;
    ensure!(status != 503 || value("retry-after:").is_some(), "a 503 without Retry-After:\n{head}");
    Ok(Some(Heard { status, closes: value("connection:") == Some("close") }))
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Heard, Question, Speaker};

    #[test]
    fn only_the_expected_verdict_is_an_answer() {
        let secrets = ["a".to_owned()];
        let mut speaker = Speaker::new(Question::Resolve { secrets: &secrets, live: true });
        let yes = b"HTTP/1.1 200 OK\r\nX: y\r\nx-authgear-session-valid: true\r\n\r\n";
        assert_eq!(speaker.heard(&yes[..20]).unwrap(), None);
        assert_eq!(speaker.heard(yes).unwrap(), Some(Heard { status: 200, closes: false }));
        assert!(speaker.heard(b"HTTP/1.1 200 OK\r\nX: y\r\nx-authgear-session-valid: false\r\n\r\n").is_err());
        assert!(speaker.heard(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").is_err());
    }

    #[test]
    fn who_may_be_busy_may_say_so_and_nothing_else() {
        let mut speaker = Speaker::new(Question::ResolveOrBusy(&[]));
        let busy = b"HTTP/1.1 503 Service Unavailable\r\n\r\n";
        assert_eq!(speaker.heard(busy).unwrap(), Some(Heard { status: 503, closes: false }));
        assert!(speaker.heard(b"HTTP/1.1 200 OK\r\nX: y\r\nx-authgear-session-valid: false\r\n\r\n").is_err());
    }

    #[test]
    fn a_page_is_heard_with_its_body_and_a_503_says_when_to_come_back() {
        let mut speaker = Speaker::new(Question::Page(&[]));
        let page = b"HTTP/1.1 422 X\r\nContent-Length: 2\r\n\r\nab";
        assert_eq!(speaker.heard(&page[..page.len() - 1]).unwrap(), None);
        assert_eq!(speaker.heard(page).unwrap(), Some(Heard { status: 422, closes: false }));
        assert!(speaker.heard(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n").is_err());
        let busy = b"HTTP/1.1 503 X\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n";
        assert_eq!(speaker.heard(busy).unwrap(), Some(Heard { status: 503, closes: true }));
    }
}
