//! `store migrate` and `store copy`: the truth moves between a file and a PostgreSQL, and whoever is signed in stays so.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use vestibule_tests::process::{Process, Said};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::{postgres, wait};

/// A server on a file, and the URL of an empty database.
fn house() -> (Vestibule, String, String) {
    let mut vestibule = Setup::default().prepare();
    vestibule.keep_truth_in(None);
    let database = format!("moved{}", vestibule.database());
    let url = postgres::shared().url(&database);
    (vestibule, database, url)
}

fn file(vestibule: &Vestibule) -> String {
    format!("sqlite:{}", vestibule.data_dir().display())
}

fn copy(vestibule: &Vestibule, from: &str, to: &str) -> Said {
    vestibule.cli(&["store", "copy", "--from", from, "--to", to])
}

#[test]
fn whoever_is_signed_in_stays_so_when_the_store_moves_to_postgresql_and_back() {
    let (mut vestibule, _, url) = house();
    vestibule.start();
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let made = vestibule.cli(&["token", "create", "--user", "ada@example.com", "--json"]).expect_code(0).out;
    let made: Value = serde_json::from_str(&made).expect("a JSON object");
    let token = made["token"].as_str().expect("a token").to_owned();
    let stays = vestibule.person().sign_in("ada@example.com").session();
    let mut leaver = vestibule.person();
    let goes = leaver.sign_in("ada@example.com").session();
    let told = |vestibule: &Vestibule| vestibule.resolve(&[("Cookie", &format!("session={stays}"))]).identities();
    let machine = |vestibule: &Vestibule| {
        vestibule.resolve(&[("Authorization", &format!("Bearer {token}"))]).identity("session-valid") == Some("true")
    };
    let before = told(&vestibule);
    assert!(before.len() > 5 && machine(&vestibule), "{before:?}");
    let refused = copy(&vestibule, &file(&vestibule), &url).expect_code(1);
    assert!(refused.err.contains("in use by another vestibule process"), "{}", refused.err);
    vestibule.stop();

    let said = copy(&vestibule, &file(&vestibule), &url).expect_code(0);
    assert!(said.out.contains("sessions") && said.out.contains("the same rows on both sides"), "{}", said.out);
    assert!(said.err.contains("delete the source"), "{}", said.err);
    vestibule.keep_truth_in(Some(&url));
    vestibule.start();
    assert_eq!(told(&vestibule), before, "the same cookie, on PostgreSQL");
    assert!(machine(&vestibule) && vestibule.is_live(&goes));
    let refused = copy(&vestibule, "config", "sqlite:/tmp/nowhere/vestibule.db").expect_code(1);
    assert!(refused.err.contains("nodes run on it"), "{}", refused.err);
    assert_eq!(leaver.post("/logout", &[]).status, 303);
    assert!(!vestibule.is_live(&goes));
    vestibule.stop();

    fs::remove_dir_all(vestibule.data_dir()).expect("our own folder");
    let back = format!("{}/vestibule.db", file(&vestibule));
    copy(&vestibule, &url, &back).expect_code(0);
    vestibule.keep_truth_in(None);
    vestibule.start();
    assert_eq!(told(&vestibule), before, "and on the file again");
    assert!(machine(&vestibule) && !vestibule.is_live(&goes), "what was ended meanwhile stays ended");
}

#[test]
fn a_copy_that_is_killed_goes_on_and_no_server_starts_before_it_is_whole() {
    const USERS: usize = 30_000;
    let (mut vestibule, database, url) = house();
    let people = vestibule.folder().join("people.jsonl");
    let line = |n| format!("{{\"email\":\"p{n}@example.com\"}}\n");
    fs::write(&people, (0..USERS).map(line).collect::<String>()).expect("our own folder");
    vestibule.cli(&["user", "import", people.to_str().expect("plain")]).expect_code(0);
    let count = || {
        let said = postgres::shared().sql(&database, "SELECT count(*) FROM users");
        said.out.trim().parse::<usize>().unwrap_or_default()
    };
    let from = file(&vestibule);
    let command = vestibule.command(&["store", "copy", "--from", &from, "--to", &url]);
    let mut killed = Process::start(&command, &vestibule.folder().join("killed.log"));
    wait::until("some are there", || (count() > 0).then_some(()));
    killed.kill();
    let there = count();
    assert!(there < USERS, "it was killed too late: {there}");

    vestibule.keep_truth_in(Some(&url));
    let refused = vestibule.cli(&["serve"]).expect_code(1);
    assert!(refused.err.contains("unfinished copy of") && refused.err.contains("store copy"), "{}", refused.err);
    let mut other = Setup::default().prepare();
    other.keep_truth_in(None);
    other.add_user("somebody@example.com", &[]);
    let refused = copy(&other, &file(&other), &url).expect_code(1);
    assert!(refused.err.contains("and not of this one"), "{}", refused.err);

    // The database lets go of the lock when it has noticed that the other one is gone.
    let mut said = copy(&vestibule, &from, &url);
    while said.code != 0 && said.err.contains("another process copies into it") {
        thread::sleep(Duration::from_millis(50));
        said = copy(&vestibule, &from, &url);
    }
    let said = said.expect_code(0);
    assert!(said.out.contains("It went on where"), "{}", said.out);
    assert_eq!(count(), USERS);
    let refused = copy(&vestibule, &from, &url).expect_code(1);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);
    vestibule.start();
    vestibule.cli(&["user", "show", "p29999@example.com"]).expect_code(0);
}

#[test]
fn no_password_of_a_url_is_said_back() {
    let (mut vestibule, ..) = house();
    vestibule.add_user("ada@example.com", &[]);
    let from = file(&vestibule);
    let silent = |said: Said, code: i32| {
        let said = said.expect_code(code);
        assert!(!format!("{}{}", said.out, said.err).contains("battery"), "{said:?}");
    };
    silent(copy(&vestibule, &from, "postgres://v:battery@127.0.0.1:9/v"), 1);
    silent(copy(&vestibule, &from, "postgres://127.0.0.1:9/v?user=v&password=battery"), 1);
    silent(copy(&vestibule, &from, "mysql://v:battery@127.0.0.1:9/v"), 2);
    silent(copy(&vestibule, "battery", &from), 2);
    vestibule.keep_truth_in(Some("postgres://v:battery@127.0.0.1:9/v"));
    silent(vestibule.cli(&["store", "migrate"]), 1);
    silent(vestibule.cli(&["serve"]), 1);
}

#[test]
fn the_schema_is_brought_up_to_date_by_a_command_too() {
    let (mut vestibule, _, url) = house();
    for place in [None, Some(&url)] {
        vestibule.keep_truth_in(place.map(String::as_str));
        let made = vestibule.cli(&["store", "migrate"]).expect_code(0);
        assert!(made.out.contains("from schema 0 to "), "{}", made.out);
        let again = vestibule.cli(&["store", "migrate"]).expect_code(0);
        assert!(again.out.contains(" already"), "{}", again.out);
        vestibule.start();
        let beside = vestibule.cli(&["store", "migrate"]);
        match place {
            None => assert!(beside.code == 1 && beside.err.contains("in use"), "{beside:?}"),
            Some(_) => assert!(beside.code == 0, "{beside:?}"),
        }
        vestibule.stop();
    }
}

/// Version N and N+1 on one database: what N+1 has made of it says whom it serves.
#[test]
fn a_server_goes_on_beside_a_newer_one_unless_the_schema_is_not_for_it_any_more() {
    let (mut vestibule, database, url) = house();
    vestibule.keep_truth_in(Some(&url));
    vestibule.start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    let newer = |version: i64, serves: i64| {
        let row = format!("INSERT INTO schema_version (version, serves) VALUES ({version}, {serves})");
        postgres::shared().sql(&database, &row).expect_code(0);
    };
    newer(98, 4);
    assert!(vestibule.is_live(&secret));
    vestibule.stop();
    vestibule.start();
    assert!(vestibule.is_live(&secret), "it starts too");
    vestibule.stop();
    newer(99, 98);
    let refused = vestibule.cli(&["serve"]).expect_code(1);
    assert!(refused.err.contains("newer vestibule (schema 99"), "{}", refused.err);
}
