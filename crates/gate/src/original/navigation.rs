//! Whether a person's browser asks for a page: only then is there somebody to send to the login page. A script, an
//! image, a WebSocket or a program gets 401 instead, and sign-in never lands on what they had asked for.

/// Whether a request navigates: GET, no `Upgrade`, and `Sec-Fetch-Mode: navigate`, or, where a browser does not send
/// that (plain http), a `Sec-Fetch-Dest` of a page or frame, or an `Accept` that names `text/html` without an
/// `X-Requested-With`. What is said twice in different words does not navigate.
pub fn navigates<'r>(method: &[u8], headers: impl Iterator<Item = (&'r [u8], &'r [u8])>) -> bool {
    let mut said = Said::default();
    for (name, value) in headers {
        said.add(name, value);
    }
    if method != b"GET" || said.upgrade {
        return false;
    }
    match (said.mode, said.destination) {
        (Fetch::Absent, Fetch::Absent) => said.names_html && !said.scripted,
        (Fetch::Page, _) | (Fetch::Absent, Fetch::Page) => true,
        (Fetch::Other, _) | (Fetch::Absent, Fetch::Other) => false,
    }
}

/// What `Sec-Fetch-Mode` or `Sec-Fetch-Dest` says.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Fetch {
    #[default]
    Absent,
    /// A navigation, or a document or frame.
    Page,
    Other,
}

impl Fetch {
    fn and(self, is_page: bool) -> Self {
        match (self, is_page) {
            (Self::Absent | Self::Page, true) => Self::Page,
            _ => Self::Other,
        }
    }
}

#[derive(Default)]
struct Said {
    upgrade: bool,
    scripted: bool,
    names_html: bool,
    mode: Fetch,
    destination: Fetch,
}

impl Said {
    fn add(&mut self, name: &[u8], value: &[u8]) {
        if name.eq_ignore_ascii_case(b"sec-fetch-mode") {
            self.mode = self.mode.and(value == b"navigate");
        } else if name.eq_ignore_ascii_case(b"sec-fetch-dest") {
            self.destination = self.destination.and(matches!(value, b"document" | b"frame" | b"iframe"));
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            self.upgrade = true;
        } else if name.eq_ignore_ascii_case(b"x-requested-with") {
            self.scripted = true;
        } else if name.eq_ignore_ascii_case(b"accept") {
            self.names_html |= value.split(|&b| b == b',').any(is_html);
        }
    }
}

/// Whether a media range (RFC 9110 section 12.5.1) is `text/html`, and wanted.
fn is_html(range: &[u8]) -> bool {
    let mut parts = range.split(|&b| b == b';').map(<[u8]>::trim_ascii);
    let is_named = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/html"));
    let is_unwanted = |part: &[u8]| {
        let weight = part.strip_prefix(b"q=").or_else(|| part.strip_prefix(b"Q="));
        weight.is_some_and(|weight| !weight.iter().any(|b| (b'1'..=b'9').contains(b)))
    };
    is_named && !parts.any(is_unwanted)
}
