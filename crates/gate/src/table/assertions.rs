//! Signed assertions that are still fresh, beside the entry that they speak of. Whatever drops the entry drops them, and
//! what is signed while the entry is dropped is kept beside an entry that nobody finds any more.

use std::sync::Arc;

use crate::time::Timestamp;

/// The most that are remembered of one credential: one an application.
const MOST: usize = 64;

/// One for each audience that asked lately. Empty, and so unallocated, where nothing is signed.
#[derive(Debug, Default)]
pub(super) struct Assertions(parking_lot::Mutex<Vec<Kept>>);

#[derive(Debug)]
struct Kept {
    audience: Box<str>,
    text: Arc<str>,
    /// When it was signed: with a clock that was set back it is not used before then.
    from: Timestamp,
    /// When another one is signed.
    until: Timestamp,
}

impl Assertions {
    /// The one for this audience, if it is fresh.
    pub(super) fn find(&self, audience: &str, now: Timestamp) -> Option<Arc<str>> {
        let kept = self.0.lock();
        let found = kept.iter().find(|kept| *kept.audience == *audience)?;
        (found.from <= now && now < found.until).then(|| Arc::clone(&found.text))
    }

    /// Remembers one from now until then, in place of the one before.
    pub(super) fn keep(&self, audience: &str, text: Arc<str>, from: Timestamp, until: Timestamp) {
        let mut all = self.0.lock();
        let kept = Kept { audience: audience.into(), text, from, until };
        if let Some(old) = all.iter_mut().find(|old| *old.audience == *audience) {
            *old = kept;
        } else if all.len() < MOST {
            all.push(kept);
        } else if let Some(oldest) = all.iter_mut().min_by_key(|kept| kept.until) {
            *oldest = kept;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Assertions, MOST};
    use crate::time::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn one_is_used_while_it_is_fresh_and_for_its_audience_only() {
        let all = Assertions::default();
        all.keep("a", "1".into(), at(10), at(20));
        assert_eq!(all.find("a", at(10)).as_deref(), Some("1"));
        assert_eq!(all.find("a", at(19)).as_deref(), Some("1"));
        for (audience, now) in [("b", 15), ("a", 20), ("a", 9)] {
            assert_eq!(all.find(audience, at(now)), None, "{audience} {now}");
        }
        all.keep("a", "2".into(), at(20), at(30));
        assert_eq!(all.find("a", at(20)).as_deref(), Some("2"));
        assert_eq!(all.0.lock().len(), 1);
    }

    #[test]
    fn whoever_asks_for_ever_more_audiences_takes_no_more_room() {
        let all = Assertions::default();
        for n in 0..200 {
            all.keep(&n.to_string(), "x".into(), at(n), at(n + 1000));
        }
        assert_eq!(all.0.lock().len(), MOST);
        assert!(all.find("199", at(200)).is_some() && all.find("0", at(200)).is_none());
    }
}
