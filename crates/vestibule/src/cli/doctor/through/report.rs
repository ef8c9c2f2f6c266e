//! What came of it, in words: what came through, why that is dangerous, and the line that closes it.

use std::fmt::Write as _;

use super::hole::Hole;
use super::remedy::{self, Proxy};
use crate::config::Config;

/// So many examples of a hole are enough.
const EXAMPLES: usize = 4;

/// Everything that came through.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<Found>,
    skipped: Vec<String>,
}

#[derive(Debug)]
struct Found {
    hole: Hole,
    /// Examples, the most telling one first.
    what: Vec<String>,
}

impl Report {
    /// Something came through. The same hole again is another example of it.
    pub(super) fn add(&mut self, hole: Hole, what: impl Into<String>) {
        let what = what.into();
        match self.found.iter_mut().find(|found| found.hole == hole) {
            Some(found) if found.what.contains(&what) => {}
            Some(found) => found.what.push(what),
            None => self.found.push(Found { hole, what: vec![what] }),
        }
    }

    /// Something could not be looked at.
    pub(super) fn skip(&mut self, what: impl Into<String>) {
        self.skipped.push(what.into());
    }

    /// Whether anything came through that must not.
    pub(super) fn has_holes(&self) -> bool {
        self.found.iter().any(|found| !found.hole.is_note())
    }

    /// The whole, for people.
    pub(super) fn in_words(&self, proxy: Option<Proxy>, config: &Config, requests: usize, origin: &str) -> String {
        let mut out = String::new();
        let (notes, holes): (Vec<&Found>, Vec<&Found>) = self.found.iter().partition(|found| found.hole.is_note());
        for (mark, found) in holes.iter().map(|hole| ("WRONG", hole)).chain(notes.iter().map(|note| ("note ", note))) {
            let examples: Vec<&str> = found.what.iter().take(EXAMPLES).map(String::as_str).collect();
            let more = found.what.len() - examples.len();
            let more = if more == 0 { String::new() } else { format!("; and {more} more like it") };
            let _ = writeln!(out, "{mark} {}{more}\n      Why: {}", examples.join("; "), found.hole.why());
            for line in remedy::lines(&found.hole, proxy, config) {
                let _ = writeln!(out, "      Close it: {}", line.replace("\n    ", "\n        "));
            }
        }
        for skipped in &self.skipped {
            let _ = writeln!(out, "note  not tried: {skipped}");
        }
        let end = match holes.len() {
            0 => "Nothing came through".to_owned(),
            1 => "One hole".to_owned(),
            more => format!("{more} holes"),
        };
        let _ = writeln!(out, "{end}: {requests} requests to {origin}, signed in and as nobody.");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use crate::cli::doctor::through::hole::Hole;
    use crate::cli::doctor::through::remedy::Proxy;
    use crate::config::Config;

    #[test]
    fn a_hole_is_named_once_and_a_note_is_no_hole() {
        let config = Config::read(None, std::iter::empty()).unwrap();
        let mut report = Report::default();
        report.add(Hole::AnyHost, "a host");
        assert!(!report.has_holes());
        (0..6).for_each(|n| report.add(Hole::Upgrade, format!("attack {n}")));
        let said = report.in_words(Some(Proxy::Nginx), &config, 7, "http://a");
        assert!(report.has_holes() && said.starts_with("WRONG attack 0; attack 1"), "{said}");
        assert!(
            said.contains("and 2 more")
                && said.ends_with("One hole: 7 requests to http://a, signed in and as nobody.\n")
        );
        assert_eq!(said.matches("Why:").count(), 2);
    }
}
