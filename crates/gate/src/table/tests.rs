use std::collections::BTreeSet;

use proptest::prelude::*;

use super::examples::{LIMITS, at, hash, row, table};
use super::{Activity, Entry, Forget, Found, SessionRow, Table, Ticket, Voided};
use crate::account::{DisplayName, Roles};
use crate::token::opaque::TokenHash;
use crate::verdict::{Facts, Profile, SessionKind};

fn is_live(table: &Table, hash: &TokenHash) -> bool {
    matches!(table.look_up(hash), Found::Live(_))
}

/// Every interleaving of a fill (ticket, read, fill) and a revocation (commit, forget), with a look-up after each step:
/// once the forget has returned, nobody finds the session in memory, and a fill that read too early stores nothing.
#[test]
fn no_interleaving_of_a_fill_and_a_revocation_leaves_a_revoked_session_alive() {
    for forget in [Forget::Session(row(1, 2).id), Forget::User(row(1, 2).user), Forget::All] {
        // Which of five steps are the revocation's: every choice of two.
        for first in 0..5 {
            for second in first + 1..5 {
                walk(&BTreeSet::from([first, second]), forget);
            }
        }
    }
}

fn walk(revocation_steps: &BTreeSet<usize>, forget: Forget) {
    let (table, key) = (table(10), hash(1));
    let mut in_store = true;
    let mut forgotten = false;
    let mut ticket: Option<Ticket> = None;
    let mut read: Option<Option<SessionRow>> = None;
    for step in 0..5 {
        if revocation_steps.contains(&step) {
            if in_store {
                in_store = false
            } else {
                table.forget(forget);
                forgotten = true
            }
        } else if ticket.is_none() {
            ticket = Some(table.ticket());
        } else if read.is_none() {
            read = Some(in_store.then(|| row(1, 2)));
        } else {
            let stale = matches!(read, Some(Some(_))) && forgotten && !table.is_current(ticket.unwrap());
            let outcome = table.fill(ticket.unwrap(), key, read.clone().unwrap());
            assert_eq!(outcome == Err(Voided), stale, "{revocation_steps:?}");
        }
        assert!(
            !(forgotten && is_live(&table, &key)),
            "{revocation_steps:?}: a revoked session lives after step {step}"
        );
    }
}

#[test]
fn an_api_token_that_nobody_uses_lives_to_its_end() {
    let table = table(10);
    let mut token = row(1, 2);
    token.facts.grant.kind = SessionKind::Api;
    table.fill(table.ticket(), hash(1), Some(token)).unwrap();
    table.fill(table.ticket(), hash(2), Some(row(2, 2))).unwrap();
    let Found::Live(token) = table.look_up(&hash(1)) else { panic!("the token is not there") };
    let Found::Live(session) = table.look_up(&hash(2)) else { panic!("the session is not there") };
    assert!(table.is_alive(&token, at(999)) && !table.is_alive(&token, at(1000)));
    assert!(table.is_alive(&session, at(99)) && !table.is_alive(&session, at(100)));
}

#[test]
fn a_forget_of_somebody_else_voids_nothing() {
    let table = table(10);
    let ticket = table.ticket();
    table.forget(Forget::Session(row(9, 9).id));
    table.forget(Forget::User(row(9, 9).user));
    assert!(!table.is_current(ticket));
    assert_eq!(table.fill(ticket, hash(1), Some(row(1, 2))), Ok(()));
}

#[test]
fn a_fill_older_than_the_log_is_voided_whatever_it_read() {
    let table = table(10);
    let ticket = table.ticket();
    for n in 0..5000 {
        table.forget(Forget::Session(row(100 + n, 9).id));
    }
    assert_eq!(table.fill(ticket, hash(1), Some(row(1, 2))), Err(Voided));
    assert_eq!(table.fill(table.ticket(), hash(1), Some(row(1, 2))), Ok(()));
}

#[test]
fn a_forgotten_user_loses_every_session_and_nobody_else_does() {
    let table = table(10);
    for (n, user) in [(1, 7), (2, 7), (3, 8)] {
        table.fill(table.ticket(), hash(n), Some(row(n, user))).unwrap();
    }
    table.fill(table.ticket(), hash(11), Some(row(1, 7))).unwrap();
    assert_eq!(table.len(), 3);
    table.forget(Forget::User(row(1, 7).user));
    assert!([1, 2, 11].iter().all(|n| !is_live(&table, &hash(*n))));
    assert!(is_live(&table, &hash(3)));
}

#[test]
fn the_dead_are_remembered() {
    let table = table(10);
    table.fill(table.ticket(), hash(1), None).unwrap();
    assert!(matches!(table.look_up(&hash(1)), Found::Dead));
    table.set_limits(LIMITS);
    assert!(matches!(table.look_up(&hash(1)), Found::Unknown));
}

#[test]
fn a_full_table_lets_the_unused_go_and_writes_their_activity_first() {
    let table = table(3);
    for n in 1..=3 {
        table.fill(table.ticket(), hash(n), Some(row(n, n))).unwrap();
    }
    let Found::Live(first) = table.look_up(&hash(1)) else { panic!("the first is gone") };
    table.seen(&first, at(5));
    table.fill(table.ticket(), hash(4), Some(row(4, 4))).unwrap();
    assert_eq!(table.len(), 3);
    assert!(is_live(&table, &hash(1)), "used since: a second chance");
    assert!(is_live(&table, &hash(4)), "the one for whom room was made");
    assert!(is_live(&table, &hash(2)) != is_live(&table, &hash(3)), "one of the unused");
    assert_eq!(table.take_pending(), []);
    table.forget(Forget::All);
    assert_eq!(table.take_pending(), [Activity { session: first.id, user: first.user, seen: at(5) }]);
    assert!(table.is_empty());
}

#[test]
fn the_credentials_of_a_session_share_its_last_use_and_its_end() {
    let table = table(1);
    for n in [1, 2] {
        table.fill(table.ticket(), hash(n), Some(row(1, 1))).unwrap();
    }
    assert_eq!(table.len(), 1, "a second credential needs no room");
    let (Found::Live(first), Found::Live(second)) = (table.look_up(&hash(1)), table.look_up(&hash(2))) else {
        panic!("not there")
    };
    table.seen(&second, at(30));
    assert_eq!((first.last_seen(), table.last_seen(first.id)), (at(30), Some(at(30))));
    assert_eq!(table.take_pending().len(), 1);
    table.seen(&first, at(30));
    assert_eq!(table.take_pending(), [], "once an interval, whichever credential is used");
    table.fill(table.ticket(), hash(3), Some(row(2, 2))).unwrap();
    assert!(!is_live(&table, &hash(1)) && !is_live(&table, &hash(2)), "evicted together");
}

#[test]
fn everybody_busy_does_not_keep_a_newcomer_out() {
    let table = table(100);
    for n in 1..=100 {
        table.fill(table.ticket(), hash(n), Some(row(n, n))).unwrap();
    }
    for n in 101..=300 {
        for old in 1..n {
            if let Found::Live(entry) = table.look_up(&hash(old)) {
                table.seen(&entry, at(n as i64));
            }
        }
        table.fill(table.ticket(), hash(n), Some(row(n, n))).unwrap();
        assert!(is_live(&table, &hash(n)) && table.len() == 100);
    }
}

#[test]
fn all_are_forgotten_at_once() {
    let table = table(100);
    for n in 1..=100 {
        table.fill(table.ticket(), hash(n), Some(row(n, 1))).unwrap();
    }
    table.forget(Forget::All);
    assert!(table.is_empty() && (1..=100).all(|n| !is_live(&table, &hash(n))));
    table.fill(table.ticket(), hash(1), Some(row(1, 1))).unwrap();
    assert!(is_live(&table, &hash(1)));
}

#[test]
fn facts_that_nobody_says_any_more_are_forgotten() {
    let table = table(10);
    for n in 1..=10_000 {
        let roles = Roles::parse([format!("role-{n}").as_str()]).unwrap();
        let row = SessionRow { facts: Facts { roles, ..row(n, n).facts }, ..row(n, n) };
        table.fill(table.ticket(), hash(n), Some(row)).unwrap();
    }
    assert!(table.writers.lock().index.distinct_facts() < 200);
}

#[test]
fn what_one_user_says_alone_is_kept_once_for_all_their_credentials() {
    let table = table(10);
    let profile = Profile { email: None, name: DisplayName::parse("Ada").unwrap() };
    let facts = Facts { profile: Some(profile), ..row(1, 1).facts };
    for n in 1..=3 {
        table.fill(table.ticket(), hash(n), Some(SessionRow { facts: facts.clone(), ..row(n, 1) })).unwrap();
    }
    let writers = table.writers.lock();
    assert_eq!(writers.index.distinct_facts(), 0);
    let lines: Vec<_> = writers.index.firsts().map(|entry| entry.fact_lines().as_ptr()).collect();
    assert!(lines.len() == 3 && lines.windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn activity_is_handed_out_once_an_interval_and_never_backwards() {
    let table = table(3);
    table.fill(table.ticket(), hash(1), Some(row(1, 1))).unwrap();
    let Found::Live(session) = table.look_up(&hash(1)) else { panic!("not there") };
    let session: &Entry = &session;
    for (seconds, due) in [(5, false), (10, true), (11, false), (3, false), (19, false), (20, true)] {
        table.seen(session, at(seconds));
        assert_eq!(!table.take_pending().is_empty(), due, "at {seconds} s");
    }
    assert_eq!(session.last_seen(), at(20));
    assert_eq!(table.end_of(session), at(120));
    table.seen(session, at(950));
    assert_eq!(table.end_of(session), at(1000), "the absolute limit always wins");
}

proptest! {
    /// Whatever happens in whatever order: the table never holds more than its capacity, and what is found belongs to
    /// the credential that was asked for.
    #[test]
    fn the_index_and_the_shards_agree(steps in proptest::collection::vec((0_u8..4, 1_u128..12, 1_u128..5), 1..200)) {
        let table = table(6);
        for (what, session, user) in steps {
            match what {
                0 | 1 => { let _ = table.fill(table.ticket(), hash(session), Some(row(session, session % 4 + 1))); }
                2 => table.forget(Forget::Session(row(session, user).id)),
                _ => table.forget(Forget::User(row(session, user).user)),
            }
            prop_assert!(table.len() <= 6);
            let found = (1..12).filter(|n| match table.look_up(&hash(*n)) {
                Found::Live(session) => { assert_eq!(session.id, row(*n, 1).id); true }
                Found::Dead | Found::Unknown => false,
            }).count();
            prop_assert_eq!(found, table.len());
        }
    }
}
