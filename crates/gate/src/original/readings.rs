//! The other readings of a path that uses a line which `[paths]` has relaxed: what a program would make of it that
//! decodes first, cuts parameters off or merges slashes, in every combination.
//!
//! Rules judge all of them, and the request passes only if they agree: so `/files/a%2fb` can be allowed for a forge, and
//! `/public%2f..%2fadmin` and `/public;/../admin` stay refused, whatever the forge makes of them.

use super::path::{canonical, is_relaxed};
use super::policies::{Line, PathPolicy};
use super::unreadable::Unreadable;

/// More readings than these are refused; who needs `%2525252f` can say why.
pub(super) const MAX: usize = 32;

/// The readings besides the canonical one; none for an ordinary path, without allocation.
pub(super) fn others(path: &str, policy: PathPolicy) -> Result<Vec<String>, Unreadable> {
    if policy.is_strict() || !is_relaxed(path) {
        return Ok(Vec::new());
    }
    let everything = PathPolicy::default().allowing(Line::ALL);
    let mut readings = vec![path.to_owned()];
    let mut at = 0;
    // Programs do these things in any order and more than once: what one has read is read by all again.
    while let Some(text) = readings.get(at).cloned() {
        for step in [twice_decoded, slashes_decoded, parameters_decoded, cut, without_parameters, merged] {
            let other = step(&text);
            let other = canonical(other.as_bytes(), everything)?;
            if !readings.iter().any(|known| *known == other) {
                readings.push(other.into_owned());
            }
        }
        if readings.len() > MAX {
            return Err(Unreadable::TooManyReadings);
        }
        at += 1;
    }
    readings.remove(0);
    Ok(readings)
}

/// `%2541` as `%41`.
fn twice_decoded(path: &str) -> String {
    let mut pieces = path.split("%25");
    let mut read = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_encoding = piece.len() >= 2 && piece.bytes().take(2).all(|b| b.is_ascii_hexdigit());
        read.push_str(if is_encoding { "%" } else { "%25" });
        read.push_str(piece);
    }
    read
}

fn slashes_decoded(path: &str) -> String {
    path.replace("%2F", "/")
}

fn parameters_decoded(path: &str) -> String {
    path.replace("%3B", ";")
}

/// Up to an encoded `?` or `#`.
fn cut(path: &str) -> String {
    let end = ["%3F", "%23"].iter().filter_map(|mark| path.find(mark)).min();
    path[..end.unwrap_or(path.len())].to_owned()
}

fn without_parameters(path: &str) -> String {
    let names: Vec<&str> = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default()).collect();
    names.join("/")
}

fn merged(path: &str) -> String {
    let mut read = String::with_capacity(path.len());
    for character in path.chars() {
        if !(character == '/' && read.ends_with('/')) {
            read.push(character);
        }
    }
    read
}
