//! `vestibule user ...`.

use serde_json::Value;
use vestibule_tests::server::{PASSWORD, Setup};

use super::running_and_stopped;

const EMAIL: &str = "ada@example.com";

#[test]
fn a_user_is_added_shown_listed_and_deleted() {
    running_and_stopped(|vestibule| {
        let add = [
            "user",
            "add",
            " Ada@Example.COM ",
            "--name",
            "Ada L.",
            "--role",
            "admin",
            "--verified",
            "--password-stdin",
        ];
        vestibule.cli_with(&add, PASSWORD).expect_code(0);
        let shown = vestibule.cli(&["user", "show", EMAIL]).expect_code(0).out;
        for part in ["Ada@", "Ada L.", "admin"] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
        let list = vestibule.cli(&["user", "list", "--json"]).expect_code(0).out;
        let users: Vec<Value> = list.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let users = if let [Value::Array(all)] = users.as_slice() { all.clone() } else { users };
        assert_eq!(users.len(), 1, "{list}");
        assert!(list.contains("\"admin\""), "{list}");
        vestibule.cli(&["user", "delete", EMAIL]).expect_code(0);
        vestibule.cli(&["user", "show", EMAIL]).expect_code(1);
        vestibule.cli(&["user", "delete", EMAIL]).expect_code(1);
    });
}

#[test]
fn an_address_belongs_to_one_user() {
    running_and_stopped(|vestibule| {
        vestibule.add_user(EMAIL, &[]);
        let again =
            vestibule.cli_with(&["user", "add", "ADA@EXAMPLE.com", "--password-stdin"], PASSWORD).expect_code(1);
        assert!(!again.err.is_empty());
    });
}

#[test]
fn a_user_who_moves_to_us_keeps_their_id() {
    let vestibule = Setup::default().start();
    let id = "018f6b8e-2f6a-7b1c-9c3d-0123456789ab";
    vestibule.add_user(EMAIL, &["--id", id]);
    let mut ada = vestibule.person();
    let secret = ada.sign_in(EMAIL).session();
    let answer = vestibule.resolve(&[("Cookie", &format!("session={secret}"))]);
    assert_eq!(answer.identity("user-id"), Some(id));
    let twice = ["user", "add", "other@example.com", "--id", id, "--password-stdin"];
    vestibule.cli_with(&twice, PASSWORD).expect_code(1);
}

#[test]
fn what_cannot_be_a_user_is_refused_with_a_reason() {
    let vestibule = Setup::default().prepare();
    let add = |email: &str, more: &[&str], password: &str| {
        vestibule.cli_with(&[&["user", "add", email], more, &["--password-stdin"]].concat(), password)
    };
    for email in ["", "ada", "a@b@example.com", "ada@example.com.", "ada@", "@example.com", "ada@exa mple.com"] {
        assert_ne!(add(email, &[], PASSWORD).code, 0, "{email:?}");
    }
    for role in ["", "a,b", "Admin", "-a", "a\r\nx-authgear-user-id: 1", &"a".repeat(65)] {
        assert_ne!(add("ada@example.com", &["--role", role], PASSWORD).code, 0, "{role:?}");
    }
    for password in ["", "short", "password", &"x".repeat(1025)] {
        let said = add("ada@example.com", &[], password);
        assert_ne!(said.code, 0, "{password:?}");
        assert!(password.is_empty() || !said.err.contains(password) || password == "password", "{}", said.err);
    }
    let many: Vec<String> = (0..30).map(|n| format!("{n:02}{}", "r".repeat(62))).collect();
    let roles: Vec<&str> = many.iter().flat_map(|role| ["--role", role.as_str()]).collect();
    assert_ne!(add("ada@example.com", &roles, PASSWORD).code, 0, "a role list over 1,500 bytes");
    let list = vestibule.cli(&["user", "list", "--json"]).expect_code(0).out;
    assert!(!list.contains('@'), "something was half done: {list}");
}

#[test]
fn one_trailing_newline_is_not_part_of_a_password() {
    let vestibule = Setup::default().start();
    vestibule.cli_with(&["user", "add", EMAIL, "--password-stdin"], &format!("{PASSWORD} \n")).expect_code(0);
    assert_eq!(vestibule.person().try_sign_in(EMAIL, PASSWORD).status, 422);
    assert_eq!(vestibule.person().try_sign_in(EMAIL, &format!("{PASSWORD} ")).status, 303);
}

#[test]
fn a_new_password_by_the_operator_ends_every_session() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.person().sign_in(EMAIL).session();
    assert!(vestibule.is_live(&secret));
    vestibule.cli_with(&["user", "password", EMAIL, "--password-stdin"], "another horse entirely\n").expect_code(0);
    assert!(!vestibule.is_live(&secret));
    assert_eq!(vestibule.person().try_sign_in(EMAIL, PASSWORD).status, 422);
    assert_eq!(vestibule.person().try_sign_in(EMAIL, "another horse entirely").status, 303);
}

#[test]
fn a_disabled_user_is_out_and_stays_out() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.person().sign_in(EMAIL).session();
    vestibule.cli(&["user", "disable", EMAIL]).expect_code(0);
    assert!(!vestibule.is_live(&secret));
    assert_ne!(vestibule.person().try_sign_in(EMAIL, PASSWORD).status, 303);
    vestibule.cli(&["session", "create", EMAIL]).expect_code(1);
    vestibule.cli(&["user", "enable", EMAIL]).expect_code(0);
    assert!(!vestibule.is_live(&secret), "enabling revives nothing");
    assert_eq!(vestibule.person().try_sign_in(EMAIL, PASSWORD).status, 303);
}

#[test]
fn a_deleted_user_is_out() {
    let vestibule = Setup::default().start();
    vestibule.add_user(EMAIL, &[]);
    let secret = vestibule.person().sign_in(EMAIL).session();
    vestibule.cli(&["user", "delete", EMAIL]).expect_code(0);
    assert!(!vestibule.is_live(&secret));
    assert_eq!(vestibule.person().try_sign_in(EMAIL, PASSWORD).status, 422);
}

#[test]
fn set_changes_what_it_names_and_nothing_else() {
    running_and_stopped(|vestibule| {
        vestibule.add_user(EMAIL, &["--role", "a", "--name", "Ada"]);
        vestibule.cli(&["user", "set", EMAIL, "--verified", "true"]).expect_code(0);
        vestibule.cli(&["user", "set", EMAIL, "--role", "b", "--role", "c"]).expect_code(0);
        let shown = vestibule.cli(&["user", "show", EMAIL, "--json"]).expect_code(0).out;
        let user: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!((&user["name"], &user["verified"]), (&"Ada".into(), &true.into()), "{shown}");
        assert_eq!(user["roles"], serde_json::json!(["b", "c"]), "{shown}");
        vestibule.cli(&["user", "set", EMAIL, "--role", "x", "--no-roles"]).expect_code(2);
        vestibule.cli(&["user", "set", "nobody@example.com", "--name", "x"]).expect_code(1);
    });
}

#[test]
fn a_password_that_can_be_guessed_comes_with_advice() {
    let vestibule = Setup::default().prepare();
    let said = vestibule.cli_with(&["user", "add", EMAIL, "--password-stdin"], "password1").expect_code(1);
    assert!(said.err.contains("too easy to guess") && said.err.contains("Add another word"), "{}", said.err);
}

#[test]
fn what_an_operator_does_is_logged() {
    let vestibule = Setup::default().environment("VESTIBULE__LOG__LEVEL", "info").start();
    vestibule.add_user(EMAIL, &[]);
    let file = vestibule.folder().join("users.jsonl");
    std::fs::write(&file, "{\"email\":\"x@example.com\"}\n{\"email\":\"y@example.com\"}\n").unwrap();
    let shown = vestibule.cli(&["user", "show", EMAIL, "--json"]).expect_code(0).out;
    let user: Value = serde_json::from_str(&shown).unwrap();
    let id = user["id"].as_str().unwrap();
    for (args, sentence) in [
        (&["user", "import", file.to_str().unwrap()][..], "users were added by the operator"),
        (&["user", "set", EMAIL, "--role", "admin"], "a user was changed by the operator"),
        (&["user", "password", EMAIL, "--password-stdin"], "a password was set by the operator"),
        (&["session", "create", EMAIL], "impersonation"),
        (&["session", "revoke", "--user", EMAIL], "sessions were ended by the operator"),
        (&["user", "disable", EMAIL], "a user was disabled by the operator"),
        (&["user", "enable", EMAIL], "a user was enabled by the operator"),
        (&["user", "delete", EMAIL], "a user was deleted"),
    ] {
        let before = vestibule.log().lines().count();
        vestibule.cli_with(args, PASSWORD).expect_code(0);
        let log = vestibule.log();
        let line = log.lines().skip(before).find(|line| line.contains(sentence));
        let line = line.unwrap_or_else(|| panic!("{args:?} is not in the log:\n{log}"));
        assert!(line.contains(id) || args[1] == "import", "{args:?}: whom? {line}");
    }
}
