//! Durations: a whole number and one of `s`, `m`, `h`, `d`, `w`.

use vestibule_gate::time::Span;

use super::raw::Raw;
use super::setting::{Setting, Wrong, text_setting, unexpected};

/// A duration of at least a second and at most 520 weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration(pub Span);

impl Duration {
    /// Reads one as the file writes it, such as `30m`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse(text)
    }
}

text_setting!(Duration, "a duration of at least a second, such as `30m`, `12h` or `52w`", parse);

/// A duration, or `0` for what never happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationOrNever(pub Option<Span>);

impl Setting for DurationOrNever {
    const EXPECTED: &'static str = "a duration of at least a second, such as `90d`, or `0` for never";

    fn read(raw: &Raw) -> Result<Self, Wrong> {
        match raw {
            Raw::Number(0) => Ok(Self(None)),
            Raw::Text(text) if text == "0" => Ok(Self(None)),
            Raw::Text(text) => Ok(Self(Some(parse(text)?.0))),
            other => Err(unexpected::<Self>(other)),
        }
    }
}

const MAX_SECONDS: i64 = 520 * 7 * 24 * 3600;

fn parse(text: &str) -> Result<Duration, String> {
    let refused = || {
        format!(
            "`{text}` is not a duration; write a whole number and s, m, h, d or w, from `1s` to `520w`, such as `30m`"
        )
    };
    let unit = text.chars().last().ok_or_else(refused)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        'w' => 7 * 24 * 3600,
        _ => return Err(refused()),
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refused());
    }
    let number: i64 = digits.parse().map_err(|_| refused())?;
    let total = number.checked_mul(seconds).filter(|total| (1..=MAX_SECONDS).contains(total)).ok_or_else(refused)?;
    Ok(Duration(Span::from_seconds(total)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vestibule_gate::time::Span;

    use super::{DurationOrNever, parse};
    use crate::config::raw::Raw;
    use crate::config::setting::Setting as _;

    #[test]
    fn a_duration_has_one_unit_and_a_bound() {
        assert_eq!(parse("30m").unwrap().0, Span::from_seconds(1800));
        assert_eq!(parse("1s").unwrap().0, Span::from_seconds(1));
        assert_eq!(parse("52w").unwrap().0, Span::from_seconds(52 * 604_800));
        for bad in
            ["", "s", "0s", "-1s", "1", "1h30m", "1 h", "521w", "99999999999999999999w", "1.5h", "1ms", "+1s", "1é"]
        {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn never_is_written_as_0() {
        let read = |raw: &Raw| DurationOrNever::read(raw).ok().map(|read| read.0);
        assert_eq!(read(&Raw::Text("0".to_owned())), Some(None));
        assert_eq!(read(&Raw::Number(0)), Some(None));
        assert_eq!(read(&Raw::Text("90d".to_owned())), Some(Some(Span::from_seconds(90 * 86_400))));
        for bad in [Raw::Number(1), Raw::Text("0s".to_owned()), Raw::Text(String::new()), Raw::Switch(false)] {
            assert_eq!(read(&bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,30}") {
            let _ = parse(&text);
        }
    }
}
