//! `Authorization: Bearer T` (RFC 6750 section 2.1), and what else an Authorization header may be.
//! Other schemes belong to the application behind the proxy and are no claim to us.

/// What the Authorization headers of a request say to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bearer<'r> {
    /// No bearer token: no header, or another scheme.
    Absent,
    /// A bearer token that two programs could read differently: a second header, a comma, or nothing behind the scheme.
    Malformed,
    /// The token, not verified.
    Token(&'r [u8]),
}

/// Collects the Authorization headers of one request.
#[derive(Default)]
pub(super) struct Authorization<'r> {
    lines: usize,
    token: Option<&'r [u8]>,
}

impl<'r> Authorization<'r> {
    pub(super) fn add(&mut self, value: &'r [u8]) {
        self.lines += 1;
        if let Some(token) = token_of(value) {
            self.token = Some(token);
        }
    }

    pub(super) fn bearer(&self) -> Bearer<'r> {
        match self.token {
            None => Bearer::Absent,
            Some(token) if self.lines > 1 || token.is_empty() || token.contains(&b',') => Bearer::Malformed,
            Some(token) => Bearer::Token(token),
        }
    }
}

/// What stands behind the scheme `Bearer` (in any case); `None` for another scheme.
fn token_of(value: &[u8]) -> Option<&[u8]> {
    let value = value.trim_ascii();
    let (scheme, rest) = value.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return None;
    }
    match rest.first() {
        None => Some(rest),
        Some(b' ' | b'\t') => Some(rest.trim_ascii()),
        // `Bearer,` is what a proxy makes of two lines; `Bearerish` is another scheme.
        Some(b',') => Some(rest),
        Some(_) => None,
    }
}
