//! What programs make of the bytes that we accept: for each of some hundred paths out of nasty pieces, nginx, Apache and
//! a plain application read what the rules have seen, or refuse.
//!
//! The paths are the same on every run. Where `[paths]` relaxes a line, a program reads one of the readings that were
//! judged.

mod apache;
mod nginx;
mod plain;

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use vestibule_gate::original::{Described, HostPattern, Line, Original, PathPolicies, PathPolicy};
use vestibule_tests::http::{Address, exchange};

const PIECES: &[&str] = &[
    "/", "/", "/", "/", "a", "b", "admin", "A", "public", ".", "..", "...", "//", "\\", ";", ";x=1", "..;", "%2e",
    "%2E", "%2f", "%2F", "%5c", "%25", "%252e", "%252f", "%253b", "%00", "%23", "%3f", "%3b", "#", "%", "%zz", "%61",
    "%41", "%40", "@", "%20", "+", "%2b", "%c3%a9", "%C3%A9", "%c0%ae", "%e9", "%0a", ":", "%3A", "*", "|", "%7c", "~",
    "%7E", "\t", "\u{e9}", "%2e%2e", ".%2e", "?", "?a=/../b", "%26", "&", "=", "\"", "%22", "<", "[", "%5b", "'", "!",
    "$", "^",
];

/// How many paths are tried.
const PATHS: usize = 1_200;

/// A generator with a fixed seed (Knuth's linear congruential one): what is tried on one day is tried on the next.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }
}

/// The targets that are tried, each once.
fn targets() -> BTreeSet<String> {
    let mut dice = Dice(0x5eed);
    // The first pieces are honest ones: with all of them nearly nothing would be accepted.
    let honest: Vec<&str> = PIECES.iter().copied().filter(|piece| is_accepted(&format!("/{piece}"), &[])).collect();
    let mut targets = BTreeSet::new();
    while targets.len() < PATHS {
        let pieces = if targets.len() % 2 == 0 { honest.as_slice() } else { PIECES };
        let length = dice.roll(8);
        let path: String = (0..length).map(|_| pieces[dice.roll(pieces.len())]).collect();
        targets.insert(format!("/{path}"));
    }
    targets
}

fn is_accepted(target: &str, lines: &[Line]) -> bool {
    readings(target, lines).is_some()
}

/// What the rules see, decoded: the canonical path, then the other readings. `None` if it is refused.
fn readings(target: &str, lines: &[Line]) -> Option<Vec<String>> {
    let policy = PathPolicy::default().allowing(lines.iter().copied());
    let policies: PathPolicies = [(HostPattern::parse("any").expect("a host"), policy)].into_iter().collect();
    let described = Described { method: b"GET", scheme: b"http", host: b"any", target: target.as_bytes() };
    let original = Original::read(&described, &policies).ok()?;
    let all = std::iter::once(original.path()).chain(original.other_readings());
    Some(all.map(|path| percent_decode_str(path).decode_utf8_lossy().into_owned()).collect())
}

/// Compares a program's reading of each target, `None` where it refuses, with ours.
#[track_caller]
fn compare(program: &str, read: impl Fn(&str) -> Option<String>) {
    let (mut strict, mut relaxed) = (0, 0);
    for target in targets() {
        // Encoded bytes that are not UTF-8 cannot be compared as text.
        let lines: Vec<Line> = Line::ALL.into_iter().filter(|line| *line != Line::NotUtf8).collect();
        let Some(judged) = readings(&target, &lines) else { continue };
        let Some(found) = read(&target) else { continue };
        assert!(judged.contains(&found), "{program} reads {found:?} in {target:?}, the rules {judged:?}");
        relaxed += 1;
        if let Some(one) = readings(&target, &[]) {
            assert_eq!(one, [found], "{program} reads another path in {target:?}");
            strict += 1;
        }
    }
    assert!(strict > 200 && relaxed > strict + 20, "{program}: only {strict} and {relaxed} could be compared");
}

/// What a server that shows its reading in a header, between `<` and `>`, makes of a target.
fn shown_by(server: &Address, target: &str) -> Option<String> {
    let request = format!("GET {target} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n");
    let answer = exchange(server, request.as_bytes());
    let shown = answer.header("x-reading")?;
    Some(shown.strip_prefix('<')?.strip_suffix('>')?.to_owned())
}
