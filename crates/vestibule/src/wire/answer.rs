//! The heads that we answer with: bytes appended to a buffer, and no body but the words of a page's listener.
//!
//! Always HTTP/1.1 in the status line, as RFC 9110 section 2.5 has it, also to a client that speaks HTTP/1.0; `Date`
//! because section 6.6.1 demands it of a server that has a clock, rendered once a second a connection.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use httpdate::HttpDate;
use vestibule_gate::time::Timestamp;

use super::head::{Refusal, Version};

/// The statuses that the resolver knows. An enum, so that no other can slip out: a proxy takes 204 and 206 for a pass,
/// most 3xx and 4xx for faults (PROXIES: each proxy does something else).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The verdict is in the headers.
    Ok,
    /// To the sign-in page: only where the proxy hands our answer to the browser.
    Found,
    /// A head that is refused.
    BadRequest,
    /// Nobody, or not somebody enough.
    Unauthorized,
    /// Somebody who may not, or a question from somebody whom we do not believe.
    Forbidden,
    /// No such path.
    NotFound,
    /// Neither `GET` nor `HEAD`.
    MethodNotAllowed,
    /// The head did not arrive in time.
    RequestTimeout,
    /// The head is too long.
    HeaderFieldsTooLarge,
    /// The verdict cannot be known.
    ServiceUnavailable,
    /// Neither HTTP/1.0 nor HTTP/1.1.
    VersionNotSupported,
}

impl Status {
    /// Such as 401.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Ok => 200,
            Self::Found => 302,
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::HeaderFieldsTooLarge => 431,
            Self::ServiceUnavailable => 503,
            Self::VersionNotSupported => 505,
        }
    }

    const fn line(self) -> &'static [u8] {
        match self {
            Self::Ok => b"HTTP/1.1 200 OK\r\n",
            Self::Found => b"HTTP/1.1 302 Found\r\n",
            Self::Unauthorized => b"HTTP/1.1 401 Unauthorized\r\n",
            Self::Forbidden => b"HTTP/1.1 403 Forbidden\r\n",
            Self::BadRequest => b"HTTP/1.1 400 Bad Request\r\n",
            Self::NotFound => b"HTTP/1.1 404 Not Found\r\n",
            Self::MethodNotAllowed => b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n",
            Self::RequestTimeout => b"HTTP/1.1 408 Request Timeout\r\n",
            Self::HeaderFieldsTooLarge => b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
            Self::ServiceUnavailable => b"HTTP/1.1 503 Service Unavailable\r\n",
            Self::VersionNotSupported => b"HTTP/1.1 505 HTTP Version Not Supported\r\n",
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed => Self::BadRequest,
            Refusal::TooLarge => Self::HeaderFieldsTooLarge,
            Refusal::Version => Self::VersionNotSupported,
        }
    }
}

/// What becomes of the connection behind an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Another request may come, and the client knows it without being told.
    Keep,
    /// Another request may come; HTTP/1.0 has to be told.
    KeepAndSay,
    /// None may.
    Close,
}

impl After {
    /// What a request wants, unless `closing`.
    #[must_use]
    pub fn wanted(version: Version, keep_alive: bool, closing: bool) -> Self {
        match version {
            _ if closing || !keep_alive => Self::Close,
            Version::Http10 => Self::KeepAndSay,
            Version::Http11 => Self::Keep,
        }
    }
}

/// Appends the part of an answer that stands before the headers of a verdict.
pub fn begin(out: &mut Vec<u8>, status: Status, date: &mut Date, now: Timestamp) {
    out.extend_from_slice(status.line());
    out.extend_from_slice(date.line(now));
    out.extend_from_slice(b"Content-Length: 0\r\n");
}

/// Appends `Cache-Control`: `max-age` in seconds, or `no-store` for `None`.
pub fn cache_control(out: &mut Vec<u8>, max_age: Option<u64>) {
    match max_age {
        None => out.extend_from_slice(b"Cache-Control: no-store\r\n"),
        Some(seconds) => {
            out.extend_from_slice(b"Cache-Control: max-age=");
            out.extend_from_slice(itoa::Buffer::new().format(seconds).as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Appends a header line. Neither part can end a line: both are ours, or encoded.
pub fn line(out: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Appends what says whether the connection stays, and the empty line.
pub fn end(out: &mut Vec<u8>, after: After) {
    out.extend_from_slice(match after {
        After::Keep => b"\r\n",
        After::KeepAndSay => b"Connection: keep-alive\r\n\r\n",
        After::Close => b"Connection: close\r\n\r\n",
    });
}

/// A whole answer without a verdict, uncacheable and with no identity header: proxies pass such a one to the browser.
pub fn bare(out: &mut Vec<u8>, status: Status, after: After, date: &mut Date, now: Timestamp) {
    begin(out, status, date, now);
    cache_control(out, None);
    end(out, after);
}

/// A whole answer for a person whose request is too broken for a page, in the one language that everybody may know.
pub fn in_words(out: &mut Vec<u8>, status: Status, date: &mut Date, now: Timestamp) {
    let words = match status {
        Status::HeaderFieldsTooLarge => {
            "Your browser sent too much at once. Delete this site's cookies in its settings, then try again.\n"
        }
        Status::RequestTimeout => "Your request took too long to arrive. Try again.\n",
        Status::VersionNotSupported => "Only HTTP/1.0 and HTTP/1.1 are spoken here.\n",
        Status::Ok
        | Status::Found
        | Status::BadRequest
        | Status::Unauthorized
        | Status::Forbidden
        | Status::NotFound
        | Status::MethodNotAllowed
        | Status::ServiceUnavailable => "This request cannot be read. Go back and try again.\n",
    };
    out.extend_from_slice(status.line());
    out.extend_from_slice(date.line(now));
    out.extend_from_slice(b"Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
    // Writing to a `Vec` cannot fail.
    let _ = write!(out, "Content-Length: {}\r\n", words.len());
    cache_control(out, None);
    end(out, After::Close);
    out.extend_from_slice(words.as_bytes());
}

/// The `Date` line of the present second.
#[derive(Debug, Default)]
pub struct Date {
    second: Option<i64>,
    line: Vec<u8>,
}

impl Date {
    fn line(&mut self, now: Timestamp) -> &[u8] {
        let second = now.unix_seconds();
        if self.second != Some(second) {
            self.second = Some(second);
            // Between 1970 and 9999, which is what the format can say; a clock outside of it gets an end of the range.
            let since_epoch = u64::try_from(second).unwrap_or_default().min(253_402_300_799);
            self.line.clear();
            let time = HttpDate::from(UNIX_EPOCH + Duration::from_secs(since_epoch));
            // Writing to a `Vec` cannot fail.
            let _ = write!(self.line, "Date: {time}\r\n");
        }
        &self.line
    }
}

#[cfg(test)]
mod tests {
    use super::{After, Date, Status, bare};
    use vestibule_gate::time::Timestamp;

    fn text(status: Status, after: After, millis: i64) -> String {
        let mut out = Vec::new();
        bare(&mut out, status, after, &mut Date::default(), Timestamp::from_millis(millis));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_answer_without_a_verdict_says_nothing_of_anybody() {
        assert_eq!(
            text(Status::ServiceUnavailable, After::Close, 784_111_777_999),
            "HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        );
    }

    #[test]
    fn a_clock_that_is_out_of_its_mind_breaks_no_header() {
        assert!(text(Status::Ok, After::Keep, i64::MAX).contains("Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n"));
        assert!(text(Status::Ok, After::Keep, -5).contains("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"));
    }

    #[test]
    fn a_date_follows_the_clock() {
        let mut date = Date::default();
        let first = date.line(Timestamp::from_millis(1_000)).to_vec();
        assert_eq!(date.line(Timestamp::from_millis(1_999)), first);
        assert_ne!(date.line(Timestamp::from_millis(2_000)), first);
    }
}
