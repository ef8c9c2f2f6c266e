//! Changes of this node whose commit was not answered yet, or never will be. Nobody knows whether they were made: the
//! database may commit one later, when what was held up on the way arrives. So when it comes by the feed, it is obeyed as
//! if another had made it.

use std::collections::BTreeSet;

use parking_lot::Mutex;

/// The feed's numbers of such changes.
#[derive(Debug, Default)]
pub(crate) struct Doubts(Mutex<BTreeSet<i64>>);

impl Doubts {
    /// A commit under this number begins.
    pub(crate) fn add(&self, number: i64) {
        self.0.lock().insert(number);
    }

    /// Whether the change under this number was in doubt.
    pub(crate) fn has(&self, number: i64) -> bool {
        self.0.lock().contains(&number)
    }

    /// It was answered, and what it makes untrue is forgotten.
    pub(crate) fn is_over(&self, number: i64) {
        self.0.lock().remove(&number);
    }

    /// Numbers come in order: this one has, and those before it came as somebody else's or never will.
    pub(crate) fn are_over(&self, number: i64) {
        self.0.lock().retain(|doubt| *doubt > number);
    }
}

#[cfg(test)]
mod tests {
    use super::Doubts;

    #[test]
    fn a_doubt_is_over_when_its_number_has_come() {
        let doubts = Doubts::default();
        [3, 7, 8].into_iter().for_each(|number| doubts.add(number));
        assert!(doubts.has(3) && !doubts.has(4));
        doubts.are_over(7);
        assert!(!doubts.has(3) && !doubts.has(7) && doubts.has(8));
        doubts.is_over(8);
        assert!(!doubts.has(8));
    }
}
