//! Nodes whose clocks are minutes apart. The database's clock counts for all of them.

use std::time::Duration;

use vestibule_tests::clock;
use vestibule_tests::cluster::{ADA, Cluster, Load};
use vestibule_tests::oauth::Application;
use vestibule_tests::postgres::Postgres;
use vestibule_tests::{skip, wait};

const OFFSETS: [&str; 3] = ["+0s", "+300s", "-300s"];

/// Three nodes, each with another clock.
fn apart(test: &str, config: &str) -> Option<Cluster> {
    if !clock::can_be_off() {
        skip(test, "libfaketime is not installed");
        return None;
    }
    Some(Cluster::on(Postgres::start(), 3, |number, setup| clock::off_by(setup.config(config), OFFSETS[number])))
}

#[test]
fn sessions_keep_their_meaning_when_clocks_are_five_minutes_apart() {
    let test = "sessions_keep_their_meaning_when_clocks_are_five_minutes_apart";
    let Some(cluster) = apart(test, "[session]\nidle_timeout = \"60s\"") else { return };
    let load = Load::start(&cluster);
    load.run_for(Duration::from_secs(5));
    let report = load.checked("clocks apart");
    assert_eq!((report.unknown, report.unacknowledged), (0, 0));
}

#[test]
fn a_session_ends_everywhere_at_once_when_clocks_are_five_minutes_apart() {
    let test = "a_session_ends_everywhere_at_once_when_clocks_are_five_minutes_apart";
    let Some(cluster) = apart(test, "[session]\nlifetime = \"5s\"\nidle_timeout = \"5s\"") else { return };
    let nodes = || cluster.nodes.iter().map(|node| &node.vestibule);
    let secrets: Vec<String> = nodes().map(|node| node.person().sign_in(ADA).session()).collect();
    let ((), took) = wait::measured(|| {
        assert!(nodes().all(|node| secrets.iter().all(|secret| node.is_live(secret))), "an old one is over at once");
        for node in nodes() {
            wait::until("it ends", || secrets.iter().all(|secret| !node.is_live(secret)).then_some(()));
        }
    });
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn codes_and_tokens_keep_their_meaning_when_clocks_are_five_minutes_apart() {
    let test = "codes_and_tokens_keep_their_meaning_when_clocks_are_five_minutes_apart";
    let Some(cluster) = apart(test, "") else { return };
    let node = |number: usize| &cluster.nodes[number % 3].vestibule;
    let portal = Application::register(node(0), "portal", "confidential", &[]);
    let mut times = Vec::new();
    for number in 0..3 {
        let here = portal.at(node(number));
        let code = here.walk(&mut node(number).person(), ADA, &here.request()).returned.code().to_owned();
        let tokens = portal.at(node(number + 1)).redeem(&code);
        times.push(here.id_token(&tokens).number("iat"));
        assert_eq!(portal.at(node(number + 2)).try_redeem(&code).status, 400, "a code is good for once");
    }
    let spread = times.iter().max().zip(times.iter().min()).map(|(last, first)| last - first);
    assert!(spread.is_some_and(|spread| spread < 30), "{times:?}");
}
