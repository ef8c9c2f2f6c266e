//! A path in the one form that rules see, if every program behind the proxy would read it the same way.
//!
//! In that form everything is decoded that can stand for itself, so that `/%61dmin` and `/admin`, or `/%40me` and `/@me`,
//! are one path; what cannot (a space, other letters than ASCII) is percent-encoded, in upper case. Refused: `.` and `..`
//! segments, `//`, `\`, `;`, `#`, raw control and non-ASCII bytes, a bad `%`, and `%2e`, `%2f`, `%5c`, `%23`, `%25`,
//! `%3b`, `%3f`, encoded control characters and bytes that are not UTF-8 (in which `%c0%ae` was a dot once). `[paths]`
//! relaxes some of them for a host, see [`super::policies`].

use std::borrow::Cow;

use super::policies::{Line, PathPolicy};
use super::unreadable::Unreadable;

/// A longer path is refused.
pub const MAX_BYTES: usize = 8 * 1024;

/// The canonical form of a path without query. Allocates only if something is to decode.
///
/// It is also the form in which a rule must write a path: what this changes or refuses can never match.
///
/// # Errors
/// When there is no one reading.
pub fn canonical<'p>(path: &'p [u8], policy: PathPolicy) -> Result<Cow<'p, str>, Unreadable> {
    if path.len() > MAX_BYTES {
        return Err(Unreadable::PathTooLong);
    }
    match path {
        [b'/', b'/', ..] => return Err(Unreadable::LeadingSlashes),
        [b'/', ..] => {}
        _ => return Err(Unreadable::NotAPath),
    }
    let text = decoded(path, policy)?;
    if memchr::memmem::find(text.as_bytes(), b"/.").is_some()
        && text.split('/').any(|segment| matches!(segment, "." | ".."))
    {
        return Err(Unreadable::DotSegment);
    }
    if !policy.allows(Line::DoubleSlash) && memchr::memmem::find(text.as_bytes(), b"//").is_some() {
        return Err(Unreadable::Line(Line::DoubleSlash));
    }
    Ok(text)
}

/// Whether a path uses a line that can be relaxed: then it has more readings than one.
pub(super) fn is_relaxed(canonical: &str) -> bool {
    let bytes = canonical.as_bytes();
    let encoded = [b"%2F", b"%25", b"%23", b"%3B", b"%3F"];
    let is_encoded = |at: usize| encoded.iter().any(|line| bytes[at..].starts_with(*line));
    memchr::memchr2_iter(b';', b'%', bytes).any(|at| bytes[at] == b';' || is_encoded(at))
        || memchr::memmem::find(bytes, b"//").is_some()
}

fn decoded(path: &[u8], policy: PathPolicy) -> Result<Cow<'_, str>, Unreadable> {
    let mut made: Option<String> = None;
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        let (length, piece) = if byte == b'%' { encoded(&path[at..], policy)? } else { (1, raw(byte, policy)?) };
        let given = &path[at..at + length];
        if made.is_some() || !piece.is(given) {
            let made = made.get_or_insert_with(|| path[..at].iter().map(|&b| char::from(b)).collect());
            piece.write(given, made);
        }
        at += length;
    }
    match made {
        Some(made) => Ok(Cow::Owned(made)),
        None => std::str::from_utf8(path).map(Cow::Borrowed).map_err(|_| Unreadable::NotAscii),
    }
}

/// What one character of a path becomes.
enum Piece {
    /// This ASCII character.
    Plain(u8),
    /// As it came, in upper case: `%C3%A9`.
    Encoded,
}

impl Piece {
    fn is(&self, given: &[u8]) -> bool {
        match self {
            Self::Plain(byte) => given == [*byte],
            Self::Encoded => !given.iter().any(u8::is_ascii_lowercase),
        }
    }

    fn write(&self, given: &[u8], made: &mut String) {
        match self {
            Self::Plain(byte) => made.push(char::from(*byte)),
            Self::Encoded => made.extend(given.iter().map(|b| char::from(b.to_ascii_uppercase()))),
        }
    }
}

fn raw(byte: u8, policy: PathPolicy) -> Result<Piece, Unreadable> {
    match byte {
        b'\\' => Err(Unreadable::Backslash),
        b'#' => Err(Unreadable::Fragment),
        b';' => relaxed(Line::Semicolon, policy, Piece::Plain(byte)),
        b'!'..=b'~' => Ok(Piece::Plain(byte)),
        0..=b' ' | 0x7f => Err(Unreadable::Control),
        0x80.. => Err(Unreadable::NotAscii),
    }
}

/// The character that is encoded at the beginning, and the length of its encoding.
fn encoded(text: &[u8], policy: PathPolicy) -> Result<(usize, Piece), Unreadable> {
    let byte = octet(text).ok_or(Unreadable::BadPercent)?;
    let piece = match byte {
        b'\\' => Err(Unreadable::Backslash),
        0..=0x1f | 0x7f => Err(Unreadable::Control),
        b'.' => relaxed(Line::EncodedDot, policy, Piece::Plain(byte)),
        b'/' => relaxed(Line::EncodedSlash, policy, Piece::Encoded),
        b'%' => relaxed(Line::EncodedPercent, policy, Piece::Encoded),
        b'#' => relaxed(Line::EncodedHash, policy, Piece::Encoded),
        b';' => relaxed(Line::EncodedSemicolon, policy, Piece::Encoded),
        b'?' => relaxed(Line::EncodedQuestion, policy, Piece::Encoded),
        b' ' => Ok(Piece::Encoded),
        b'!'..=b'~' => Ok(Piece::Plain(byte)),
        0x80.. => return beyond_ascii(text, byte, policy),
    };
    piece.map(|piece| (3, piece))
}

fn beyond_ascii(text: &[u8], first: u8, policy: PathPolicy) -> Result<(usize, Piece), Unreadable> {
    let width = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let mut bytes = [0; 4];
    for (at, byte) in bytes.iter_mut().take(width).enumerate() {
        *byte = text.get(at * 3..).and_then(octet).unwrap_or_default();
    }
    match std::str::from_utf8(&bytes[..width]) {
        Ok(character) if character.contains(char::is_control) => Err(Unreadable::Control),
        Ok(character) if character.len() == width && width > 1 && !character.is_ascii() => {
            Ok((width * 3, Piece::Encoded))
        }
        _ => relaxed(Line::NotUtf8, policy, (3, Piece::Encoded)),
    }
}

fn octet(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

fn relaxed<T>(line: Line, policy: PathPolicy, then: T) -> Result<T, Unreadable> {
    if policy.allows(line) { Ok(then) } else { Err(Unreadable::Line(line)) }
}
