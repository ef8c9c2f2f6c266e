//! Times for people ("3 hours ago") and for machines (RFC 3339, for `<time datetime>`).

use vestibule_gate::time::Timestamp;

use crate::texts::Texts;

/// How long ago, in words.
#[must_use]
pub fn ago(texts: &Texts, then: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(then).seconds();
    let (key, count) = match seconds {
        ..60 => return texts.get("ago-now"),
        60..3600 => ("ago-minutes", seconds / 60),
        3600..86_400 => ("ago-hours", seconds / 3600),
        _ => ("ago-days", seconds / 86_400),
    };
    texts.count(key, count)
}

/// How long until then, in words, rounded up to days.
#[must_use]
pub fn left(texts: &Texts, then: Timestamp, now: Timestamp) -> String {
    let days = (then.since(now).millis() + DAY - 1).div_euclid(DAY);
    texts.count("in-days", days.max(1))
}

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// RFC 3339 in UTC, to the second. The calendar arithmetic is the usual one from days since 1970 (proleptic Gregorian).
#[must_use]
pub fn machine(time: Timestamp) -> String {
    let seconds = time.unix_seconds();
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use vestibule_gate::time::Timestamp;

    use super::machine;

    #[test]
    fn a_time_for_machines() {
        let at = |seconds: i64| machine(Timestamp::from_millis(seconds * 1000));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_795_500_000), "2026-11-24T06:00:00Z");
        assert_eq!(at(4_107_542_399), "2100-02-28T23:59:59Z");
    }
}
