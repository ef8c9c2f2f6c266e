//! `vestibule token ...`, and services, whom tokens speak for.

use serde_json::Value;
use vestibule_tests::server::{Setup, Vestibule};

use super::running_and_stopped;

const EMAIL: &str = "ada@example.com";

fn create(vestibule: &Vestibule, args: &[&str]) -> Value {
    let args = [&["token", "create", "--json"], args].concat();
    serde_json::from_str(&vestibule.cli(&args).expect_code(0).out).expect("a JSON object")
}

fn list(vestibule: &Vestibule, args: &[&str]) -> Vec<Value> {
    let said = vestibule.cli(&[&["token", "list", "--json"], args].concat()).expect_code(0).out;
    said.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Whom a token speaks for at the resolver.
fn speaks_for(vestibule: &Vestibule, token: &str) -> Option<String> {
    let answer = vestibule.resolve(&[("Authorization", &format!("Bearer {token}"))]);
    answer.identity("user-id").map(str::to_owned)
}

#[test]
fn a_token_of_a_person_speaks_for_them_until_it_is_revoked() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &["--role", "admin"]);
    let made = create(&vestibule, &["--user", EMAIL, "--name", "backup", "--expires", "90d"]);
    let token = text(&made, "token");
    assert!(token.starts_with("vbp_") && token.len() == 52, "{made}");
    assert_eq!(list(&vestibule, &[])[0]["last_used_at"], Value::Null);
    assert_eq!(speaks_for(&vestibule, token).as_deref(), made["user"].as_str());
    let listed = list(&vestibule, &["--user", EMAIL]);
    assert_eq!((listed.len(), text(&listed[0], "name"), text(&listed[0], "email")), (1, "backup", EMAIL));
    assert!(!listed[0].to_string().contains(token), "a token is shown once");
    vestibule.cli(&["token", "revoke", text(&made, "id")]).expect_code(0);
    assert_eq!(speaks_for(&vestibule, token), None, "on the very next resolve");
    let again = vestibule.cli(&["token", "revoke", text(&made, "id")]).expect_code(1);
    assert!(again.err.contains("token list"), "{}", again.err);
}

#[test]
fn without_json_the_token_is_all_that_is_printed() {
    let vestibule = Setup::default().start();
    let said = vestibule.cli(&["token", "create", "--service", "backups"]).expect_code(0);
    assert_eq!(said.out.lines().count(), 1);
    assert!(said.err.contains("this once") && said.err.contains("token revoke"), "{}", said.err);
    assert!(speaks_for(&vestibule, said.line()).is_some());
}

#[test]
fn a_service_is_a_user_that_is_no_person() {
    running_and_stopped(|vestibule| {
        let made = create(&vestibule, &["--service", "backups"]);
        let again = create(&vestibule, &["--service", "backups", "--scope", "a", "--scope", "b"]);
        assert_eq!(made["user"], again["user"], "one service of a name");
        assert_eq!(again["scopes"], serde_json::json!(["a", "b"]));
        assert_eq!(list(&vestibule, &["--service", "backups"]).len(), 2);
        let id = text(&made, "user");
        let users = vestibule.cli(&["user", "list"]).expect_code(0).out;
        let line = users.lines().find(|line| line.contains(id)).expect("it is listed");
        assert!(line.contains("backups") && line.contains("service") && !line.contains("password"), "{line}");
        vestibule.cli(&["user", "show", id, "--json"]).expect_code(0);
        vestibule.cli(&["user", "set", id, "--role", "reader"]).expect_code(0);
        vestibule.cli_with(&["user", "password", id, "--password-stdin"], "quiet harbour lantern").expect_code(1);
        let session = vestibule.cli(&["session", "create", id]).expect_code(1);
        assert!(session.err.contains("token create"), "{}", session.err);
        vestibule.cli(&["session", "list", id]).expect_code(0);
        vestibule.cli(&["user", "disable", id]).expect_code(0);
        assert!(list(&vestibule, &[]).is_empty(), "its tokens ended");
        vestibule.cli(&["token", "create", "--service", "backups"]).expect_code(1);
        vestibule.cli(&["user", "delete", id]).expect_code(0);
    });
}

#[test]
fn what_cannot_be_a_token_is_refused() {
    let vestibule = Setup::default().prepare();
    vestibule.cli(&["token", "create"]).expect_code(2);
    vestibule.cli(&["token", "create", "--user", EMAIL, "--service", "x"]).expect_code(2);
    vestibule.cli(&["token", "create", "--service", "x", "--expires", "never"]).expect_code(2);
    vestibule.cli(&["token", "create", "--user", EMAIL]).expect_code(1);
    vestibule.cli(&["token", "create", "--service", " "]).expect_code(1);
    let scope = vestibule.cli(&["token", "create", "--service", "x", "--scope", "a\"b"]).expect_code(1);
    assert!(scope.err.contains("--scope"), "{}", scope.err);
    vestibule.cli(&["token", "list", "--service", "x"]).expect_code(1);
    assert_eq!(vestibule.cli(&["user", "list", "--json"]).expect_code(0).out, "", "nothing was half done");
}

#[test]
fn a_browser_s_session_is_not_revoked_as_a_token() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.create_session(EMAIL);
    let sessions = vestibule.cli(&["session", "list", EMAIL, "--json"]).expect_code(0).out;
    let session: Value = serde_json::from_str(sessions.trim()).expect("a JSON object");
    vestibule.cli(&["token", "revoke", text(&session, "id")]).expect_code(1);
    assert!(vestibule.is_live(&secret));
}
