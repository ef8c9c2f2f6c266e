//! nginx: `X-Original-Method` and `X-Original-URL`, which the printed configuration sets to `$request_method` and
//! `$scheme://$host$request_uri`. nginx's own subrequest is always a GET and says nothing by itself.

use super::Described;
use super::needed::exactly_once;
use super::unreadable::Unreadable;

pub(super) fn describe<'r>(headers: impl Iterator<Item = (&'r [u8], &'r [u8])>) -> Result<Described<'r>, Unreadable> {
    let [method, url] = exactly_once(["X-Original-Method", "X-Original-URL"], headers)?;
    let (scheme, rest) = split_at(url, b"://").ok_or(Unreadable::NotAbsolute)?;
    // Whatever stands before the first `/` is the host, also a `?` or `#`, which no host has.
    let path = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    Ok(Described { method, scheme, host: &rest[..path], target: &rest[path..] })
}

fn split_at<'r>(text: &'r [u8], between: &[u8]) -> Option<(&'r [u8], &'r [u8])> {
    let at = memchr::memmem::find(text, between)?;
    Some((&text[..at], &text[at + between.len()..]))
}
