//! `vestibule session ...`.

use serde_json::Value;
use vestibule_tests::server::Setup;

use super::{running_and_stopped, up};

const EMAIL: &str = "ada@example.com";

#[test]
fn create_prints_one_secret_that_works_and_nothing_else() {
    for running in [true, false] {
        let vestibule = if running { Setup::default().start() } else { Setup::default().prepare() };
        vestibule.add_user(EMAIL, &[]);
        let said = vestibule.cli(&["session", "create", EMAIL]).expect_code(0);
        let secret = said.line().to_owned();
        assert!(secret.starts_with("vbs_") && secret.len() == 52, "{secret:?}");
        assert_eq!(said.out.lines().count(), 1);
        let vestibule = up(vestibule, running);
        let answer = vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
        assert_eq!(answer.identity("session-valid"), Some("true"));
        assert_eq!(answer.identity("session-amr"), None, "impersonation has no method");
        assert_eq!(answer.identity("session-authenticated-at"), Some("0"), "and nobody authenticated");
    }
}

#[test]
fn an_impersonation_is_listed_as_one() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.create_session(EMAIL);
    let list = vestibule.cli(&["session", "list", EMAIL]).expect_code(0).out;
    assert!(list.contains("created by cli"), "{list}");
}

#[test]
fn one_session_is_revoked_by_its_id() {
    running_and_stopped(|vestibule| {
        vestibule.add_user(EMAIL, &[]);
        vestibule.create_session(EMAIL);
        vestibule.create_session(EMAIL);
        let ids = ids(&vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out);
        assert_eq!(ids.len(), 2, "{ids:?}");
        vestibule.cli(&["session", "revoke", &ids[0]]).expect_code(0);
        let left = self::ids(&vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out);
        assert_eq!(left, ids[1..]);
        vestibule.cli(&["session", "revoke", &ids[0]]).expect_code(1);
        vestibule.cli(&["session", "revoke", "not-an-id"]).expect_code(2);
    });
}

#[test]
fn the_other_session_lives_on() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let secrets = [vestibule.create_session(EMAIL), vestibule.create_session(EMAIL)];
    assert!(secrets.iter().all(|secret| vestibule.is_live(secret)));
    let ids = ids(&vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out);
    vestibule.cli(&["session", "revoke", &ids[0]]).expect_code(0);
    assert_eq!(secrets.iter().filter(|secret| vestibule.is_live(secret)).count(), 1);
}

#[test]
fn revoked_while_the_server_is_down_is_revoked_when_it_is_up() {
    let mut vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.add_user("eve@example.com", &[]);
    let (ada, eve) = (vestibule.create_session(EMAIL), vestibule.create_session("eve@example.com"));
    assert!(vestibule.is_live(&ada) && vestibule.is_live(&eve));
    vestibule.stop();
    vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
    vestibule.start();
    assert!(!vestibule.is_live(&ada));
    assert!(vestibule.is_live(&eve), "the sessions of others live on");
}

#[test]
fn revoke_all_ends_everybody_on_the_very_next_resolve() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    vestibule.add_user("eve@example.com", &[]);
    let secrets = [vestibule.create_session(EMAIL), vestibule.person().sign_in("eve@example.com").session()];
    assert!(secrets.iter().all(|secret| vestibule.is_live(secret)));
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(!secrets.iter().any(|secret| vestibule.is_live(secret)));
}

#[test]
fn revoke_wants_exactly_one_target() {
    let vestibule = Setup::default().prepare();
    vestibule.cli(&["session", "revoke"]).expect_code(2);
    vestibule.cli(&["session", "revoke", "--all", "--user", EMAIL]).expect_code(2);
    vestibule.cli(&["session", "revoke", "--user", "nobody@example.com"]).expect_code(1);
    vestibule.cli(&["session", "create", "nobody@example.com"]).expect_code(1);
}

fn ids(list: &str) -> Vec<String> {
    let rows: Vec<Value> = match serde_json::from_str(list) {
        Ok(Value::Array(rows)) => rows,
        _ => list.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    rows.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect()
}
