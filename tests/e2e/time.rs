//! Time: lifetimes, idle sessions, forgotten guests, and clocks that jump. It is moved with libfaketime, or is some
//! seconds long.

use vestibule_tests::clock::Clock;
use vestibule_tests::server::Setup;
use vestibule_tests::{skip, wait};

const EMAIL: &str = "ada@example.com";
#[test]
fn a_guest_who_is_not_seen_for_thirty_days_is_forgotten() {
    let Some(mut clock) = Clock::start("[anonymous]\nenabled = true") else {
        return skip("a_guest_who_is_not_seen_for_thirty_days_is_forgotten", "libfaketime is not installed");
    };
    clock.vestibule.add_user(EMAIL, &[]);
    assert_eq!(clock.vestibule.person().post("/login/guest", &[]).status, 303);
    let users =
        |clock: &Clock| clock.vestibule.cli(&["user", "list", "--json"]).expect_code(0).out.matches("\"id\"").count();
    assert_eq!(users(&clock), 2);
    clock.at("+29d");
    clock.vestibule.stop();
    clock.vestibule.start();
    assert_eq!(users(&clock), 2, "a day too early");
    clock.at("+31d");
    clock.vestibule.stop();
    clock.vestibule.start();
    wait::until("the guest is forgotten", || (users(&clock) == 1).then_some(()));
    clock.vestibule.cli(&["user", "show", EMAIL]).expect_code(0);
}

#[test]
fn a_session_ends_when_its_lifetime_is_over_however_busy_it_is() {
    let vestibule = Setup::default().config("[session]\nlifetime = \"3s\"\nidle_timeout = \"3s\"").start();
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.create_session(EMAIL);
    assert!(vestibule.is_live(&secret));
    wait::until("the session ends although it is used all the time", || (!vestibule.is_live(&secret)).then_some(()));
}

#[test]
fn a_session_that_is_used_stays_and_one_that_is_not_ends() {
    let vestibule = Setup::default().config("[session]\nidle_timeout = \"3s\"").start();
    vestibule.add_user(EMAIL, &[]);
    let (used, unused) = (vestibule.create_session(EMAIL), vestibule.create_session(EMAIL));
    let mut uses = 0;
    wait::until("sixty uses, more than three seconds in all", || {
        std::thread::sleep(std::time::Duration::from_millis(80));
        assert!(vestibule.is_live(&used), "the used session ended after {uses} uses");
        uses += 1;
        (uses == 60).then_some(())
    });
    assert!(!vestibule.is_live(&unused), "the unused session lives");
}

#[test]
fn the_defaults_are_thirty_days_idle_and_a_year_in_all() {
    let Some(clock) = Clock::start("") else {
        return skip("the_defaults_are_thirty_days_idle_and_a_year_in_all", "libfaketime is not installed");
    };
    let vestibule = &clock.vestibule;
    vestibule.add_user(EMAIL, &[]);
    let idle = vestibule.create_session(EMAIL);
    clock.at("+29d");
    assert!(vestibule.is_live(&idle), "29 days");
    clock.at("+58d");
    assert!(vestibule.is_live(&idle), "used on day 29");
    clock.at("+89d");
    assert!(!vestibule.is_live(&idle), "31 days unused");
    let secret = vestibule.create_session(EMAIL);
    for day in (89..89 + 364).step_by(25) {
        clock.at(&format!("+{day}d"));
        assert!(vestibule.is_live(&secret), "day {day}");
    }
    clock.at(&format!("+{}d", 89 + 365));
    assert!(!vestibule.is_live(&secret), "a year and a day, used all the time");
}

#[test]
fn a_clock_that_jumps_forward_is_survived() {
    let Some(mut clock) = Clock::start("") else {
        return skip("a_clock_that_jumps_forward_is_survived", "libfaketime is not installed");
    };
    clock.vestibule.add_user(EMAIL, &[]);
    let before = clock.vestibule.create_session(EMAIL);
    clock.at("+3650d");
    assert!(!clock.vestibule.is_live(&before), "a jump forward is believed: the safe side");
    let during = clock.vestibule.person().sign_in(EMAIL).session();
    assert!(clock.vestibule.is_live(&during));
    clock.at("+0");
    assert!(clock.vestibule.is_live(&during), "set right again while it runs: time goes on");
    clock.vestibule.stop();
    clock.vestibule.start();
    // What was written in the wrong future is bounded by a whole lifetime from now.
    assert!(clock.vestibule.is_live(&during));
    let after = clock.vestibule.person().sign_in(EMAIL).session();
    assert!(clock.vestibule.is_live(&after), "and people can sign in");
    clock.at("+365d");
    for secret in [&during, &after] {
        assert!(!clock.vestibule.is_live(secret), "a session outlives a whole lifetime from the moment it was read");
    }
}

#[test]
fn a_clock_that_jumps_back_is_survived() {
    let Some(clock) = Clock::start("") else {
        return skip("a_clock_that_jumps_back_is_survived", "libfaketime is not installed");
    };
    let vestibule = &clock.vestibule;
    vestibule.add_user(EMAIL, &[]);
    let mut ada = vestibule.person();
    let secret = ada.sign_in(EMAIL).session();
    let at = |secret: &str| {
        let answer = vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
        answer.identity("session-authenticated-at").and_then(|at| at.parse::<i64>().ok())
    };
    let before = at(&secret).expect("signed in");
    clock.at("-90d");
    assert!(vestibule.is_live(&secret), "the session of a moment ago");
    let later = vestibule.person().sign_in(EMAIL).session();
    assert!(at(&later).expect("signed in") >= before, "time runs backwards");
    assert_eq!(ada.post("/logout", &[]).status, 303);
    assert!(!vestibule.is_live(&secret), "a sign-out counts whatever the clock says");
}
