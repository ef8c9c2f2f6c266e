//! `vestibule cluster status`.

use rustix::process::Signal;
use serde_json::Value;
use vestibule_tests::postgres;
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::wait;

use super::{EMAIL, setup, two};

/// The exit code, the whole answer, and the state of each node.
fn status(node: &Vestibule) -> (i32, Value, Vec<(String, String)>) {
    let said = node.cli(&["cluster", "status", "--json"]);
    let answer: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = answer["nodes"].as_array().expect("a list").iter();
    let states = nodes.map(|node| (text(&node["name"]), text(&node["state"]))).collect();
    (said.code, answer, states)
}

fn follow(names: &[&str]) -> Vec<(String, String)> {
    names.iter().map(|name| ((*name).to_owned(), "follows".to_owned())).collect()
}

#[test]
fn every_node_is_shown_with_its_version_and_how_far_it_is() {
    let (a, mut b) = two("status_all");
    for node in [&a, &b] {
        // A user that is added is nothing that a node has to forget; these are.
        a.cli(&["user", "disable", EMAIL]).expect_code(0);
        a.cli(&["user", "enable", EMAIL]).expect_code(0);
        let (code, answer, states) = status(node);
        assert_eq!((code, states), (0, follow(&["a", "b"])), "{answer}");
        assert!(answer["head"].as_i64() > Some(0), "{answer}");
        for node in answer["nodes"].as_array().unwrap() {
            assert_eq!((&node["applied"], &node["behind"]), (&answer["head"], &Value::from(0)), "{answer}");
            assert!(node["heard_seconds_ago"].as_f64() < Some(3.0), "{answer}");
            assert!(node["version"].as_str().is_some_and(|version| version.starts_with("0.")), "{answer}");
        }
    }
    let text = a.cli(&["cluster", "status"]).expect_code(0).out;
    assert!(text.starts_with("postgres:///status_all: the newest change is number "), "{text}");
    assert!(text.contains("\na     0.") && text.contains("\nb     0."), "{text}");
    b.stop();
    assert_eq!(status(&a).2, follow(&["a"]), "who ends says so");
}

#[test]
fn a_node_that_stands_still_is_named_by_every_machine_its_own_too() {
    let (a, mut b) = two("status_still");
    b.process().stop();
    for node in [&a, &b] {
        wait::until("b is silent", || (status(node).2[1].1 == "silent").then_some(()));
        let said = node.cli(&["cluster", "status"]).expect_code(1);
        assert!(said.err.starts_with("b has been silent for ") && !said.err.contains("a has"), "{}", said.err);
    }
    b.process().signal(Signal::CONT);
    wait::until("b follows again", || (status(&a).0 == 0).then_some(()));
}

#[test]
fn a_node_that_speaks_and_is_behind_is_named() {
    let (a, _b) = two("status_behind");
    a.cli(&["user", "disable", EMAIL]).expect_code(0);
    // As if there were changes that no node finds: each looks at what is in the feed, and at the number beside it.
    let stop = "CREATE FUNCTION keep() RETURNS trigger AS 'BEGIN NEW.applied := OLD.applied; RETURN NEW; END' LANGUAGE plpgsql; \
                CREATE TRIGGER keep BEFORE UPDATE ON nodes FOR EACH ROW WHEN (NEW.name = 'b') EXECUTE FUNCTION keep();";
    let said = postgres::shared().sql("status_behind", stop);
    assert_eq!(said.code, 0, "{}", said.err);
    a.cli(&["user", "enable", EMAIL]).expect_code(0);
    a.cli(&["user", "disable", EMAIL]).expect_code(0);
    let (code, answer, states) = status(&a);
    assert_eq!((code, &*states[1].1), (1, "behind"), "{answer}");
    assert!(answer["nodes"][1]["behind"].as_i64() > Some(0), "{answer}");
    let said = a.cli(&["cluster", "status"]).expect_code(1);
    assert!(said.err.starts_with("b speaks, and does not know "), "{}", said.err);
}

#[test]
fn a_node_that_was_killed_is_lost_until_it_is_started_again() {
    let (a, mut b) = two("status_lost");
    b.kill();
    // It was killed some time ago.
    postgres::shared().sql("status_lost", "UPDATE nodes SET seen_at = seen_at - 31000 WHERE name = 'b'");
    for node in [&a, &b] {
        let (code, answer, states) = status(node);
        assert_eq!((code, &*states[1].1), (1, "lost"), "{answer}");
    }
    b.start();
    assert_eq!(status(&b).2, follow(&["a", "b"]), "the old process is not shown beside the new one");
}

#[test]
fn without_any_node_it_says_so_and_with_a_file_there_is_one() {
    let mut node = setup("status_none", "a").start();
    node.stop();
    let said = node.cli(&["cluster", "status"]).expect_code(1);
    assert!(said.err.contains("No node was heard"), "{}", said.err);
    let alone = Setup::default().config("[cluster]\nnode = \"a\"\n# no [store]").prepare();
    let said = alone.cli(&["cluster", "status"]).expect_code(0);
    assert!(said.out.starts_with("There is one node"), "{}", said.out);
    let json = alone.cli(&["cluster", "status", "--json"]).expect_code(0);
    assert_eq!(json.line(), "{\"shared\":false,\"head\":null,\"nodes\":[]}");
}
