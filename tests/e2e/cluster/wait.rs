//! `--wait`: a change is told when every node knows it.

use rustix::process::Signal;
use vestibule_tests::postgres;
use vestibule_tests::server::Setup;
use vestibule_tests::wait;

use super::{EMAIL, two};

#[test]
fn when_it_returns_every_node_refuses() {
    let (a, b) = two("wait_all");
    for command in [
        &["session", "revoke", "--user", EMAIL, "--wait"][..],
        &["user", "disable", EMAIL, "--wait"],
        &["session", "revoke", "--all", "--wait=5s"],
    ] {
        a.cli(&["user", "enable", EMAIL]).expect_code(0);
        let secret = a.create_session(EMAIL);
        assert!(a.is_live(&secret) && b.is_live(&secret));
        let (said, took) = wait::measured(|| a.cli(command));
        assert!(!b.is_live(&secret), "{command:?}");
        assert_eq!((said.expect_code(0).err.as_str(), took.as_secs()), ("", 0), "{command:?} took {took:?}");
    }
}

#[test]
fn a_node_that_stands_still_is_named_and_so_is_one_that_was_killed_until_it_is_lost() {
    let (a, mut b) = two("wait_still");
    a.create_session(EMAIL);
    b.process().stop();
    let said = a.cli(&["session", "revoke", "--all", "--wait=2s"]).expect_code(3);
    assert_eq!(said.out, "Sessions ended: 1\n", "it was done");
    assert!(said.err.contains("After 2 s these nodes have not said that they know: b (process "), "{}", said.err);
    b.process().signal(Signal::CONT);
    a.cli(&["user", "disable", EMAIL, "--wait"]).expect_code(0);

    b.kill();
    let said = a.cli(&["user", "enable", EMAIL, "--wait=1s"]).expect_code(3);
    assert!(said.err.contains("know: b (process ") && said.err.contains("cluster status"), "{}", said.err);
    // As much later as a killed node is waited for.
    postgres::shared().sql("wait_still", "UPDATE nodes SET seen_at = seen_at - 31000 WHERE name = 'b'");
    a.cli(&["user", "disable", EMAIL, "--wait=1s"]).expect_code(0);
}

#[test]
fn a_command_that_makes_the_change_itself_waits_for_the_others() {
    let (mut a, b) = two("wait_down");
    let secret = a.create_session(EMAIL);
    assert!(b.is_live(&secret));
    a.stop();
    a.cli(&["session", "revoke", "--user", EMAIL, "--wait"]).expect_code(0);
    assert!(!b.is_live(&secret));
}

#[test]
fn where_there_is_one_node_there_is_nobody_to_wait_for() {
    let alone = Setup::default().config("# no [store]").start();
    alone.add_user(EMAIL, &["--wait"]);
    let said = alone.cli(&["session", "create", EMAIL, "--wait"]).expect_code(0);
    assert!(alone.is_live(said.line()));
    alone.cli(&["user", "disable", EMAIL, "--wait=soon"]).expect_code(2);
}

#[test]
fn nodes_write_how_far_they_are_once_a_second_and_not_once_a_change() {
    let (a, _b) = two("wait_few");
    let written = || -> i64 {
        let said = postgres::shared()
            .sql("wait_few", "SELECT n_tup_upd + n_tup_ins FROM pg_stat_user_tables WHERE relname = 'nodes'");
        said.line().parse().unwrap_or_else(|_| panic!("{said:?}"))
    };
    let before = written();
    let (changes, took) = wait::measured(|| {
        for _ in 0..30 {
            a.cli(&["user", "disable", EMAIL]).expect_code(0);
            a.cli(&["user", "enable", EMAIL]).expect_code(0);
        }
        60
    });
    let (grown, more) =
        wait::measured(|| wait::until("the statistics know", || Some(written() - before).filter(|n| *n > 0)));
    // Two nodes, each once a second, and what the statistics know late.
    let most = 2 * i64::try_from((took + more).as_secs() + 3).unwrap();
    assert!(grown <= most, "{grown} writes for {changes} changes in {took:?}; at most {most} are due");
    assert!(most < changes * 2, "the machine is too slow to tell: {took:?}");
}
