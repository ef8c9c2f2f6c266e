//! A request head: bytes in, a [`Head`] or a [`Refusal`] out, with no I/O.
//!
//! Every byte string has one reading here, or none: what two HTTP programs could read differently is refused, and the
//! connection closed behind the refusal. Stricter than RFC 9112 where it leaves a choice (see [`Head::read`]).

use std::mem::MaybeUninit;

use httparse::{Error, Header, Request, Status};

/// The longest head that is read, in bytes: request line, header lines and the empty line.
pub const MAX_HEAD: usize = 64 * 1024;

/// The most header lines that are read.
pub const MAX_HEADERS: usize = 256;

/// Why a head is not answered. The connection is closed behind it, since nobody can say where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not HTTP/1, or HTTP/1 that two programs could read differently.
    #[error("malformed or ambiguous request head")]
    Malformed,
    /// More than [`MAX_HEAD`] bytes or [`MAX_HEADERS`] lines.
    #[error("request head too large")]
    TooLarge,
    /// Another version than HTTP/1.0 and HTTP/1.1.
    #[error("unsupported HTTP version")]
    Version,
}

/// What a request asks to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `HEAD`.
    Head,
    /// Anything else, in any case but these two's: methods are compared byte for byte (RFC 9110 section 9.1).
    Other,
}

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0: what nginx speaks to its upstreams unless it is told otherwise.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// Room for the header lines of one head, on the stack and not written to before it is used.
#[derive(Debug)]
pub struct Slots<'b>([MaybeUninit<Header<'b>>; MAX_HEADERS]);

impl Default for Slots<'_> {
    fn default() -> Self {
        Self([const { MaybeUninit::uninit() }; MAX_HEADERS])
    }
}

/// A request head that has one reading. Borrows from the connection's buffer.
#[derive(Debug)]
pub struct Head<'h, 'b> {
    /// What it asks to do.
    pub method: Method,
    /// The same as it arrived: a token (RFC 9110 section 9.1).
    pub method_name: &'b str,
    /// The request target as it arrived: a path with any query, or an absolute URL.
    pub target: &'b str,
    /// Its version.
    pub version: Version,
    /// How many bytes of the buffer it takes, with any empty lines before it.
    pub length: usize,
    /// Whether the client would send another request on this connection.
    pub keep_alive: bool,
    /// Whether a body is announced. Nobody waits for it: a proxy may announce one that it never sends.
    pub body_announced: bool,
    bytes: &'b [u8],
    headers: &'h [Header<'b>],
}

impl<'h, 'b> Head<'h, 'b> {
    /// Reads the head at the beginning of `bytes`; `Ok(None)` when it has not all arrived.
    ///
    /// Where RFC 9112 leaves a choice: a line ends in CRLF, and a bare LF anywhere is refused (section 2.2); so are a
    /// folded line (5.2), white space before a colon (5.1), a second `Content-Length` even with the same value and
    /// one next to a `Transfer-Encoding` (6.3), any transfer coding but one `chunked` (6.1), a second `Host`, and a
    /// missing one in HTTP/1.1 (3.2). Empty lines before the request line are passed over (2.2). Any value of `Host`
    /// and an absolute target are fine, since nothing is decided by them; a target that is not UTF-8 is refused.
    ///
    /// # Errors
    /// [`Refusal`], which says the status.
    pub fn read(bytes: &'b [u8], slots: &'h mut Slots<'b>) -> Result<Option<Self>, Refusal> {
        let mut request = Request::new(&mut []);
        let length = match request.parse_with_uninit_headers(bytes, &mut slots.0) {
            Ok(Status::Complete(length)) if length <= MAX_HEAD => length,
            Ok(Status::Complete(_)) => return Err(Refusal::TooLarge),
            Ok(Status::Partial) if bytes.len() >= MAX_HEAD => return Err(Refusal::TooLarge),
            Ok(Status::Partial) => return Ok(None),
            Err(error) => return Err(refusal(error, bytes)),
        };
        let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version) else {
            return Err(Refusal::Malformed);
        };
        if has_bare_line_feed(&bytes[..length]) {
            return Err(Refusal::Malformed);
        }
        let version = if version == 0 { Version::Http10 } else { Version::Http11 };
        let framing = Framing::of(request.headers)?;
        framing.check(version)?;
        Ok(Some(Self {
            method: match method {
                "GET" => Method::Get,
                "HEAD" => Method::Head,
                _ => Method::Other,
            },
            method_name: method,
            target,
            version,
            length,
            keep_alive: !framing.close && (version == Version::Http11 || framing.keep_alive),
            body_announced: framing.chunked || framing.content_length.is_some_and(|length| length > 0),
            bytes,
            headers: request.headers,
        }))
    }

    /// The header lines, names and values as they arrived, without the white space around a value.
    pub fn headers(&self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> + Clone + use<'h, 'b> {
        self.headers.iter().map(|header| (header.name.as_bytes(), header.value))
    }

    /// Whether a tab stands between the colon and the value of any `Cookie` line. nginx takes it for a part of the
    /// value, and so misses a cookie that we read.
    #[must_use]
    pub fn has_tab_before_cookies(&self) -> bool {
        let origin = self.bytes.as_ptr() as usize;
        let tabbed = |header: &Header<'_>| {
            // An empty value may point anywhere: then the range is nonsense, `get` says so, and the answer is yes.
            let from = (header.name.as_ptr() as usize).wrapping_sub(origin);
            let to = (header.value.as_ptr() as usize).wrapping_sub(origin);
            self.bytes.get(from..to).is_none_or(|gap| gap.contains(&b'\t'))
        };
        self.headers.iter().any(|header| header.name.eq_ignore_ascii_case("cookie") && tabbed(header))
    }

    /// The path that is asked for, as it arrived and without the query: also of an absolute target. `None` for
    /// `*` and for `CONNECT`'s authority.
    #[must_use]
    pub fn path(&self) -> Option<&'b str> {
        let target = self.target;
        let from_root = if target.starts_with('/') {
            target
        } else {
            let (scheme, rest) = target.split_once("://")?;
            if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
                return None;
            }
            &rest[rest.find(['/', '?', '#'])?..]
        };
        from_root.split(['?', '#']).next()
    }
}

/// Whether bytes that arrived behind an unfinished head may have finished it. Keeps a client that sends byte by byte
/// from making us read the whole head again each time. `from` is where the new bytes begin.
#[must_use]
pub fn may_be_whole(bytes: &[u8], from: usize) -> bool {
    let tail = &bytes[from.saturating_sub(3)..];
    tail.windows(2).any(|two| two == b"\n\n") || tail.windows(3).any(|three| three == b"\n\r\n")
}

/// What the header lines say about where the request ends and what comes behind it.
#[derive(Default)]
struct Framing {
    close: bool,
    keep_alive: bool,
    chunked: bool,
    content_length: Option<u64>,
    hosts: usize,
}

impl Framing {
    fn of(headers: &[Header<'_>]) -> Result<Self, Refusal> {
        let mut framing = Self::default();
        for Header { name, value } in headers {
            // The lengths first: of twenty lines, two or three get as far as a comparison.
            match name.len() {
                4 if name.eq_ignore_ascii_case("host") => framing.hosts += 1,
                10 if name.eq_ignore_ascii_case("connection") => framing.connection(value),
                14 if name.eq_ignore_ascii_case("content-length") => {
                    let length = content_length(value).ok_or(Refusal::Malformed)?;
                    if framing.content_length.replace(length).is_some() {
                        return Err(Refusal::Malformed);
                    }
                }
                17 if name.eq_ignore_ascii_case("transfer-encoding") => {
                    if framing.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                        return Err(Refusal::Malformed);
                    }
                    framing.chunked = true;
                }
                _ => {}
            }
        }
        Ok(framing)
    }

    fn connection(&mut self, value: &[u8]) {
        for token in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
            self.close |= token.eq_ignore_ascii_case(b"close");
            self.keep_alive |= token.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn check(&self, version: Version) -> Result<(), Refusal> {
        let two_lengths = self.chunked && self.content_length.is_some();
        let refused = match version {
            Version::Http10 => self.chunked || self.hosts > 1,
            Version::Http11 => two_lengths || self.hosts != 1,
        };
        if refused { Err(Refusal::Malformed) } else { Ok(()) }
    }
}

/// Digits and nothing else (RFC 9110 section 8.6), up to what fits.
fn content_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_u64, |sum, &digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

fn has_bare_line_feed(head: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', head).any(|at| at == 0 || head[at - 1] != b'\r')
}

fn refusal(error: Error, bytes: &[u8]) -> Refusal {
    match error {
        Error::TooManyHeaders => Refusal::TooLarge,
        Error::Version if names_a_version(bytes) => Refusal::Version,
        _ => Refusal::Malformed,
    }
}

/// Whether the request line ends in `HTTP/` and two numbers: then the version is the trouble, and not the line.
fn names_a_version(bytes: &[u8]) -> bool {
    let line = bytes.trim_ascii_start().split(|&b| b == b'\r' || b == b'\n').next().unwrap_or_default();
    let last = line.rsplit(|&b| b == b' ').next().unwrap_or_default();
    let spaces = line.iter().filter(|&&b| b == b' ').count();
    spaces == 2
        && matches!(last, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

#[cfg(test)]
mod tests;
