//! Paths that a rule names: exact ones, `*` for one whole segment, `/**` at the end for a path and all below it.
//!
//! No regular expressions, and no part of a segment: what a pattern fits can be said in one breath, and whether one
//! pattern covers another can be computed ([`super::trie`]).

use std::fmt;

/// The longest pattern, in bytes.
const MAX_BYTES: usize = 1024;

/// Why a text is no path of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It does not begin with `/`.
    #[error("`{0}` does not begin with `/`; write `/{0}`")]
    Relative(String),
    /// `**` in the middle.
    #[error("`{0}` has `**` in another place than the end; only the last segment can be `**`, and `*` is one segment")]
    Below(String),
    /// `*` as a part of a segment.
    #[error("`{0}` has `*` inside a segment; `*` stands for one whole segment, `/**` at the end for all below")]
    Inside(String),
    /// A query or a fragment.
    #[error("`{0}` has a `{1}`; rules see the path alone, without query and fragment")]
    NotPath(String, char),
    /// Too long.
    #[error("a path of a rule has at most {MAX_BYTES} bytes")]
    TooLong,
}

/// A piece of a path between two `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Segment {
    /// This one. The empty one stands for the `/` at the end of a path.
    Literal(Box<str>),
    /// Any one that is not empty.
    Any,
}

/// Which paths a rule is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathPattern {
    text: Box<str>,
    pub(super) segments: Vec<Segment>,
    /// Whether everything below fits too.
    pub(super) below: bool,
}

impl PathPattern {
    /// Reads one. Whether a path of a request can be of this form at all is asked when rules are compiled: it depends on
    /// the host.
    ///
    /// # Errors
    /// [`PatternError`], in words for the operator.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.len() > MAX_BYTES {
            return Err(PatternError::TooLong);
        }
        let Some(path) = text.strip_prefix('/') else { return Err(PatternError::Relative(text.to_owned())) };
        if let Some(sign) = text.chars().find(|c| matches!(c, '?' | '#')) {
            return Err(PatternError::NotPath(text.to_owned(), sign));
        }
        let (path, below) = match path.strip_suffix("**") {
            Some("") => (None, true),
            Some(front) if front.ends_with('/') => (Some(&front[..front.len() - 1]), true),
            Some(_) => return Err(PatternError::Inside(text.to_owned())),
            None => (Some(path), false),
        };
        let read = |segment: &str| match segment {
            "*" => Ok(Segment::Any),
            "**" => Err(PatternError::Below(text.to_owned())),
            inside if inside.contains('*') => Err(PatternError::Inside(text.to_owned())),
            literal => Ok(Segment::Literal(literal.into())),
        };
        let segments = path.map(|path| path.split('/').map(read).collect()).transpose()?.unwrap_or_default();
        Ok(Self { text: text.into(), segments, below })
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `/**`
    pub(super) fn everything() -> Self {
        Self { text: "/**".into(), segments: Vec::new(), below: true }
    }

    /// The same with every segment passed through `fold`.
    pub(super) fn folded(&self, fold: impl Fn(&str) -> String) -> Self {
        let of = |segment: &Segment| match segment {
            Segment::Literal(literal) => Segment::Literal(fold(literal).into()),
            Segment::Any => Segment::Any,
        };
        Self { text: self.text.clone(), segments: self.segments.iter().map(of).collect(), below: self.below }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{PathPattern, PatternError};

    #[test]
    fn a_star_is_a_whole_segment_and_two_are_the_end() {
        for good in ["/", "/a", "/a/", "/a/*", "/*/b/*", "/**", "/a/**", "/*/**", "/a.b/~c", "/a//b"] {
            assert_eq!(PathPattern::parse(good).unwrap().as_str(), good);
        }
        let text = |bad: &str| bad.to_owned();
        for (bad, why) in [
            ("", PatternError::Relative(text(""))),
            ("admin", PatternError::Relative(text("admin"))),
            ("/**/a", PatternError::Below(text("/**/a"))),
            ("/a/**/b", PatternError::Below(text("/a/**/b"))),
            ("/a**", PatternError::Inside(text("/a**"))),
            ("/a*", PatternError::Inside(text("/a*"))),
            ("/*.png", PatternError::Inside(text("/*.png"))),
            ("/***", PatternError::Inside(text("/***"))),
            ("/a?b", PatternError::NotPath(text("/a?b"), '?')),
            ("/a#b", PatternError::NotPath(text("/a#b"), '#')),
        ] {
            assert_eq!(PathPattern::parse(bad), Err(why), "{bad}");
        }
        assert_eq!(PathPattern::parse(&format!("/{}", "a".repeat(1024))), Err(PatternError::TooLong));
    }
}
