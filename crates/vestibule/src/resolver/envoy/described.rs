//! What a `CheckRequest` says of a request, as the pieces that Envoy's HTTP door gets in a head: method, path, and header
//! lines with the host among them. The same reader has them then, so that both doors read alike.

use super::messages::{CheckRequest, HeaderMap, HttpRequest};
use crate::wire::head::MAX_HEADERS;

/// Why a message does not describe one request. A client can cause none but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misdescribed {
    /// A request of another kind, or nothing.
    #[error("the message describes no HTTP request: ext_authz is to be an HTTP filter, not a network filter")]
    NoRequest,
    /// `headers` and `header_map`, or `value` and `raw_value`.
    #[error("the message says the headers twice, in two forms")]
    BothForms,
    /// An entry of the map `headers`.
    #[error("a key is in the map of headers twice")]
    DoubledKey,
    /// `query` or `fragment` is set.
    #[error("the message has a query or fragment of its own beside the path")]
    BesidePath,
    /// More than [`MAX_HEADERS`].
    #[error("the request has more than 256 headers")]
    TooMany,
}

/// A request as Envoy's HTTP door would get it.
#[derive(Debug, Clone)]
pub struct Pieces<'m> {
    /// The method.
    pub method: &'m [u8],
    /// Path and query.
    pub target: &'m [u8],
    /// The header lines, `Host` first.
    pub headers: Vec<(&'m [u8], &'m [u8])>,
}

impl<'m> Pieces<'m> {
    /// Finds them in a message.
    ///
    /// # Errors
    /// [`Misdescribed`].
    pub fn of(message: &'m CheckRequest) -> Result<Self, Misdescribed> {
        let attributes = message.attributes.as_ref();
        let http = attributes.and_then(|attributes| attributes.request.as_ref()?.http.as_ref());
        let http = http.ok_or(Misdescribed::NoRequest)?;
        if !http.query.is_empty() || !http.fragment.is_empty() {
            return Err(Misdescribed::BesidePath);
        }
        let lines = match &http.header_map {
            None => joined(http)?,
            Some(_) if !http.headers.is_empty() => return Err(Misdescribed::BothForms),
            Some(map) => line_by_line(map)?,
        };
        if lines.len() > MAX_HEADERS {
            return Err(Misdescribed::TooMany);
        }
        // A pseudo header says again what stands in a field; no header of the other door has such a name.
        let others = lines.into_iter().filter(|(name, _)| !name.starts_with(b":"));
        let headers = std::iter::once((&b"Host"[..], &http.host[..])).chain(others).collect();
        Ok(Self { method: &http.method, target: &http.path, headers })
    }
}

type Lines<'m> = Vec<(&'m [u8], &'m [u8])>;

fn joined(http: &HttpRequest) -> Result<Lines<'_>, Misdescribed> {
    let mut keys: Vec<&[u8]> = http.headers.iter().map(|entry| &entry.key[..]).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|two| two[0] == two[1]) {
        return Err(Misdescribed::DoubledKey);
    }
    Ok(http.headers.iter().map(|entry| (&entry.key[..], &entry.value[..])).collect())
}

fn line_by_line(map: &HeaderMap) -> Result<Lines<'_>, Misdescribed> {
    let line = |line: &'_ super::messages::HeaderLine| line.value.is_empty() || line.raw_value.is_empty();
    if !map.headers.iter().all(line) {
        return Err(Misdescribed::BothForms);
    }
    let value = |line: &'_ super::messages::HeaderLine| line.value.is_empty();
    let lines = map.headers.iter();
    Ok(lines.map(|line| (&line.key[..], if value(line) { &line.raw_value[..] } else { &line.value[..] })).collect())
}
