//! `keys list`, `rotate` and `retire`, and the secret that private keys are encrypted with.

use serde_json::Value;
use vestibule_tests::server::{Setup, Vestibule};

use super::running_and_stopped;

const SECRET: &str = "kD8rVb1m0yYxq5Zt3uHcW7nS2eJfLp9A";

fn keys(vestibule: &Vestibule) -> Vec<Value> {
    let list = vestibule.cli(&["keys", "list", "--json"]).expect_code(0).out;
    list.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn states(vestibule: &Vestibule) -> Vec<String> {
    keys(vestibule).iter().map(|key| key["state"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_first_start_makes_a_key_that_others_know() {
    let mut vestibule = Setup::default().prepare();
    assert!(keys(&vestibule).is_empty(), "a command makes none");
    for _ in 0..2 {
        vestibule.start();
        let keys = keys(&vestibule);
        assert_eq!(keys.len(), 1, "once");
        assert_eq!((keys[0]["algorithm"].as_str(), keys[0]["state"].as_str()), (Some("RS256"), Some("active")));
        assert_eq!(keys[0]["sealed"], false);
        vestibule.stop();
    }
    let table = vestibule.cli(&["keys", "list"]).expect_code(0).out;
    assert!(table.starts_with("ID ") && table.contains("RS256"), "{table}");
}

#[test]
fn a_key_is_rotated_and_retired() {
    running_and_stopped(|vestibule| {
        vestibule.cli(&["keys", "rotate", "--algorithm", "EdDSA"]).expect_code(0);
        let made = vestibule.cli(&["keys", "rotate", "--algorithm", "ES256"]).expect_code(0);
        assert!(made.line().contains("(ES256) signs from "), "{}", made.out);
        vestibule.cli(&["keys", "rotate", "--algorithm", "ES256"]).expect_code(1);
        let id = made.line().split(' ').next().unwrap_or_default().to_owned();
        vestibule.cli(&["keys", "retire", &id]).expect_code(0);
        assert!(states(&vestibule).contains(&"retired".to_owned()));
        let said = vestibule.cli(&["keys", "retire", &id]).expect_code(1);
        assert!(said.err.contains(&id) && said.err.contains("keys list"), "{}", said.err);
        vestibule.cli(&["keys", "retire", "not an id"]).expect_code(2);
        vestibule.cli(&["keys", "rotate", "--algorithm", "HS256"]).expect_code(2);
    });
}

#[test]
fn the_key_that_signs_is_replaced_when_it_is_retired() {
    let vestibule = Setup::default().config("[keys]\nalgorithm = \"EdDSA\"").start();
    let id = keys(&vestibule)[0]["id"].as_str().unwrap_or_default().to_owned();
    let said = vestibule.cli(&["keys", "retire", &id]).expect_code(0);
    assert!(said.line().ends_with(" signs now"), "{}", said.out);
    assert_eq!(states(&vestibule), ["retired", "active"]);
}

#[test]
fn a_key_that_is_sealed_opens_with_its_secret_only() {
    let vestibule = Setup::default().config("[keys]\nsecret_file = \"secret\"").prepare();
    let file = vestibule.folder().join("secret");
    let refused = vestibule.cli(&["keys", "rotate"]).expect_code(1);
    assert!(refused.err.contains("secret_file"), "{}", refused.err);
    std::fs::write(&file, format!("{SECRET}\n")).expect("our own folder");
    vestibule.cli(&["keys", "rotate"]).expect_code(0);
    assert_eq!(keys(&vestibule)[0]["sealed"], true);
    std::fs::write(&file, SECRET.to_lowercase()).expect("our own folder");
    for command in [&["serve"][..], &["keys", "list"], &["user", "list"]] {
        let said = vestibule.cli(command).expect_code(1);
        assert!(
            (said.err.contains("vestibule.db") || said.err.contains("postgres://"))
                && said.err.contains("[keys] secret"),
            "{}",
            said.err
        );
    }
    std::fs::write(&file, SECRET).expect("our own folder");
    vestibule.cli(&["keys", "list"]).expect_code(0);
}

#[test]
fn the_secret_is_never_shown() {
    let vestibule = Setup::default().config(&format!("[keys]\nsecret = \"{SECRET}\"")).prepare();
    for command in [&["config", "show"][..], &["config", "show", "--json"], &["config", "check"], &["doctor"]] {
        let said = vestibule.cli(command);
        assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{command:?}");
    }
    assert!(vestibule.cli(&["config", "show"]).expect_code(0).out.contains("(hidden)"));
}
