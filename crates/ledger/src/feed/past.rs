//! By what a node knows that the feed is the one which it has followed so far. It is another one when what comes next was
//! pruned while the node slept, or when the database was replaced by one that has not all of it: a backup, or a standby
//! that had not heard of the last changes. Such a one soon has other changes under the same numbers.

use crate::store::feed::{Entry, Head};

/// What is known of the feed so far.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Who has made the newest change that was obeyed, and when.
    mark: Option<(String, i64)>,
    /// The database's own past. What is lost with a server may have made nothing untrue, and so be no entry: a sign-in
    /// that no database knows.
    timeline: Option<String>,
}

impl Past {
    /// Whether the feed, which was asked for at most so many entries behind the number that was obeyed, goes on from there.
    pub(super) fn goes_on(&mut self, applied: i64, head: &Head, entries: &[Entry], most: i64) -> bool {
        let are_in_order = entries.iter().zip(applied + 1..).all(|(entry, number)| entry.number == number);
        let are_all = entries.len() as i64 == (head.number - applied).min(most);
        if self.mark.is_none() {
            self.mark.clone_from(&head.mark);
        }
        let is_same = *self.timeline.get_or_insert_with(|| head.timeline.clone()) == head.timeline;
        are_in_order && are_all && is_same && self.mark == head.mark
    }

    /// This one was obeyed.
    pub(super) fn obeyed(&mut self, entry: Entry) {
        self.mark = Some((entry.node, entry.committed_at));
    }

    /// Everything was forgotten, and what this database says is followed from here on.
    pub(super) fn begins_anew(&mut self, head: Head) {
        *self = Self { mark: None, timeline: Some(head.timeline) };
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Head, Past};

    fn entry(number: i64) -> Entry {
        Entry { number, node: "a".to_owned(), said: String::new(), committed_at: number }
    }

    fn head(number: i64, mark: i64) -> Head {
        Head { number, mark: Some(("a".to_owned(), mark)), time: 0, timeline: "00000001".to_owned() }
    }

    /// Somebody who has obeyed number 5.
    fn past() -> Past {
        let mut past = Past::default();
        assert!(past.goes_on(5, &head(5, 5), &[], 3));
        past
    }

    #[test]
    fn what_comes_next_is_followed() {
        assert!(past().goes_on(5, &head(6, 5), &[entry(6)], 3));
        assert!(
            past().goes_on(5, &head(99, 5), &[entry(6), entry(7), entry(8)], 3),
            "the rest comes with the next question"
        );
        let mut past = past();
        past.obeyed(entry(6));
        assert!(past.goes_on(6, &head(6, 6), &[], 3));
    }

    #[test]
    fn an_entry_that_is_missing_is_missed_wherever_it_was() {
        for (number, entries, what) in [
            (8, vec![entry(7), entry(8)], "the first"),
            (8, vec![entry(6), entry(8)], "one between"),
            (8, vec![entry(6), entry(7)], "the last"),
            (99, vec![entry(6)], "many behind"),
            (6, vec![], "the only one"),
            (4, vec![], "those that were obeyed"),
        ] {
            assert!(!past().goes_on(5, &head(number, 5), &entries, 3), "{what}");
        }
    }

    #[test]
    fn another_past_is_told_by_its_mark_and_by_its_timeline_until_all_is_forgotten() {
        assert!(!past().goes_on(5, &head(5, 4), &[], 3), "under the same number, at another time");
        assert!(!past().goes_on(5, &Head { mark: None, ..head(5, 5) }, &[], 3));
        let mut past = past();
        let other = Head { timeline: "00000002".to_owned(), ..head(5, 5) };
        assert!(!past.goes_on(5, &other, &[], 3));
        assert!(!past.goes_on(5, &other, &[], 3), "and again, where forgetting has failed");
        past.begins_anew(other.clone());
        assert!(past.goes_on(5, &other, &[], 3));
    }
}
