//! Durations: a whole number and one of `s`, `m`, `h`, `d`, `w`.

use vestibule_gate::time::Span;

use super::setting::text_setting;

/// A duration of at least a second and at most 520 weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration(pub Span);

text_setting!(Duration, "a duration of at least a second, such as `30m`, `12h` or `52w`", parse);

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

    use super::parse;

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

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,30}") {
            let _ = parse(&text);
        }
    }
}
