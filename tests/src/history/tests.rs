//! The checker, on histories that must be refused and on the same ones a moment earlier, which must not.

use std::time::Duration;

use super::{Change, History, Record, Resolve, Said, SessionNumber, What, check};

const BOUND: Duration = Duration::from_secs(2);
const S: SessionNumber = SessionNumber(0);
/// The node that takes the changes, and another one.
const HERE: usize = 0;
const THERE: usize = 1;

fn at(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Somebody with the role `old` signs in at once.
fn signed_in() -> Record {
    Record::default().change(What::Role("old".to_owned()), 0, Some(1)).change(What::SignIn(S), 2, Some(10))
}

impl Record {
    fn change(mut self, what: What, began: u64, acknowledged: Option<u64>) -> Self {
        self.changes.push(Change { what, node: HERE, began: at(began), acknowledged: acknowledged.map(at) });
        self
    }

    fn ask(mut self, node: usize, began: u64, said: Said) -> Self {
        self.resolves.push(Resolve { node, session: S, began: at(began), answered: at(began + 5), said });
        self
    }

    #[track_caller]
    fn holds(&self) {
        let checked = check(self, BOUND);
        assert!(checked.is_ok(), "{checked:?}");
    }

    #[track_caller]
    fn is_refused(&self, why: &str) {
        let found = check(self, BOUND).expect_err(why);
        assert_eq!(found.iter().map(|contradiction| contradiction.why).collect::<Vec<_>>(), [why]);
    }
}

fn yes() -> Said {
    Said::Yes("old".to_owned())
}

#[test]
fn an_old_yes_is_refused_at_once_where_the_change_was_made_and_behind_the_bound_elsewhere() {
    let signed_out = || signed_in().change(What::SignOut(S), 100, Some(200));
    let alive = "a session that was ended is alive";
    signed_out().ask(HERE, 200, yes()).holds();
    signed_out().ask(HERE, 201, yes()).is_refused(alive);
    signed_out().ask(THERE, 201, yes()).holds();
    signed_out().ask(THERE, 2_200, yes()).holds();
    signed_out().ask(THERE, 2_201, yes()).is_refused(alive);
    signed_out().ask(HERE, 201, Said::No).ask(THERE, 9_000, Said::No).holds();
}

#[test]
fn a_request_that_began_before_the_acknowledgement_may_be_answered_either_way() {
    let signed_out = || signed_in().change(What::SignOut(S), 100, Some(200));
    for said in [yes(), Said::No] {
        signed_out().ask(HERE, 99, said.clone()).ask(THERE, 150, said).holds();
    }
}

#[test]
fn a_change_that_was_not_acknowledged_counts_either_way_for_ever() {
    let maybe = || signed_in().change(What::SignOut(S), 100, None);
    maybe().ask(HERE, 9_000, yes()).ask(HERE, 9_010, Said::No).ask(HERE, 9_020, yes()).holds();
    // Somebody who tries again, and is told that it is done, is done with it.
    let again = || maybe().change(What::SignOut(S), 300, Some(310));
    again().ask(HERE, 311, yes()).is_refused("a session that was ended is alive");
    again().ask(HERE, 311, Said::No).holds();
}

#[test]
fn a_session_that_is_lost_is_refused() {
    let lost = "a session that was begun is not known";
    signed_in().ask(HERE, 11, Said::No).is_refused(lost);
    signed_in().ask(HERE, 9, Said::No).holds();
    signed_in().ask(THERE, 2_011, Said::No).is_refused(lost);
    // An end that was asked for later is no excuse.
    signed_in().change(What::SignOut(S), 9_000, Some(9_010)).ask(HERE, 100, Said::No).is_refused(lost);
    Record::default().change(What::SignIn(S), 2, None).ask(HERE, 9_000, Said::No).holds();
}

#[test]
fn a_session_from_nowhere_is_refused() {
    let nowhere = "a session that nobody has begun is alive";
    Record::default().change(What::Role("old".to_owned()), 0, Some(1)).ask(HERE, 9, yes()).is_refused(nowhere);
    let late = Record::default().change(What::Role("old".to_owned()), 0, Some(1)).change(What::SignIn(S), 900, None);
    late.ask(HERE, 100, yes()).is_refused(nowhere);
}

#[test]
fn an_old_role_is_refused_and_one_that_was_never_given() {
    let replaced = || signed_in().change(What::Role("new".to_owned()), 100, Some(200));
    replaced().ask(HERE, 201, yes()).is_refused("a role that was replaced");
    replaced().ask(THERE, 2_200, yes()).holds();
    replaced().ask(THERE, 2_201, yes()).is_refused("a role that was replaced");
    let new = || Said::Yes("new".to_owned());
    replaced().ask(HERE, 150, new()).ask(HERE, 9_000, new()).holds();
    replaced().ask(HERE, 50, new()).is_refused("a role that nobody has given");
    replaced().ask(HERE, 500, Said::Yes("admin".to_owned())).is_refused("a role that nobody has given");
    // Neither of two that were given at once is the newer one.
    let both = || replaced().change(What::Role("other".to_owned()), 150, Some(250));
    both().ask(HERE, 900, new()).holds();
    both().ask(HERE, 900, Said::Yes("other".to_owned())).holds();
    both().ask(HERE, 900, yes()).is_refused("a role that was replaced");
    // One that was not acknowledged can come later than all others.
    let late = signed_in().change(What::Role("new".to_owned()), 100, None);
    late.change(What::Role("newest".to_owned()), 300, Some(310)).ask(HERE, 900, new()).holds();
}

#[test]
fn who_cannot_tell_contradicts_nothing_and_is_counted() {
    let record = signed_in()
        .change(What::SignOut(S), 100, Some(200))
        .ask(THERE, 1_700, yes())
        .ask(THERE, 3_000, Said::Unknown)
        .ask(THERE, 3_500, Said::Unknown)
        .ask(HERE, 3_600, Said::No)
        .ask(THERE, 4_000, Said::No);
    let report = check(&record, BOUND).unwrap();
    assert_eq!((report.yes, report.no, report.unknown, report.sign_outs, report.roles), (1, 2, 2, 1, 1));
    assert_eq!(report.staleness, at(1_500));
    assert_eq!(report.dark.get(&THERE), Some(&at(1_005)));
    assert_eq!(report.dark.get(&HERE), Some(&Duration::ZERO));
    assert_eq!(report.wait, at(5));
}

#[test]
fn what_is_written_down_is_in_the_order_in_which_it_happened() {
    let history = History::default();
    let session = history.new_session();
    assert_ne!(session, history.new_session());
    assert!(history.change(HERE, What::SignIn(session), || true));
    assert!(!history.change(HERE, What::SignOut(session), || false));
    history.resolve(THERE, session, || Said::No);
    let Record { changes, resolves } = history.record();
    assert!(changes[0].acknowledged.unwrap() >= changes[0].began);
    assert_eq!(changes[1].acknowledged, None);
    assert!(changes[0].acknowledged.unwrap() <= resolves[0].began && resolves[0].began <= resolves[0].answered);
}
