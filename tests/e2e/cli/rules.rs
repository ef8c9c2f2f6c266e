//! `rules check` and `rules test`, on files and on the configuration; nothing runs for them.

use std::fs;

use vestibule_tests::process::Said;
use vestibule_tests::server::{Setup, Vestibule};

const RULES: &str = r#"
[[rules]]
name    = "preflight"
methods = ["OPTIONS"]
allow   = "anyone"

[[rules]]
name  = "admin"
hosts = ["app.example.com"]
paths = ["/admin/**"]
allow = { any_role = ["admin"], max_age = "5m" }

[[rules]]
name  = "files"
hosts = ["app.example.com"]
paths = ["/files/**"]
allow = [{ scopes = ["files.read"] }, { users = ["ada@example.com"] }, { networks = ["10.0.0.0/8"] }]

[[rules]]
name  = "rest"
hosts = ["app.example.com"]
allow = "any user"
"#;

fn with(files: &[(&str, &str)]) -> Vestibule {
    let vestibule = Setup::default().prepare();
    for (name, text) in files {
        fs::write(vestibule.folder().join(name), text).expect("our own file");
    }
    vestibule
}

/// Tries a table on [`RULES`].
fn tried(table: &str) -> Said {
    with(&[("rules.toml", RULES), ("table.toml", table)]).cli(&["rules", "test", "table.toml", "--rules", "rules.toml"])
}

#[test]
fn sound_rules_are_listed_with_their_places() {
    let vestibule = with(&[("new.toml", RULES)]);
    let said = vestibule.cli(&["rules", "check", "new.toml"]).expect_code(0).out;
    assert!(said.contains("new.toml:7: rules[1] (\"admin\"): every method, app.example.com, /admin/**: "), "{said}");
    assert!(said.contains("allow { any_role = [\"admin\"], max_age = \"300s\" }\n"), "{said}");
    assert!(
        said.contains("new.toml:2: rules[0] (\"preflight\"): OPTIONS, hosts that no rule names, every path"),
        "{said}"
    );
    assert!(said.ends_with("What none of them fits is refused.\n"), "{said}");
    let said = vestibule.cli(&["rules", "check"]).expect_code(0).out;
    assert_eq!(said, "There are no rules: every user may pass who is not a guest.\n");
}

#[test]
fn those_of_the_configuration_are_looked_at_when_no_file_is_named() {
    let vestibule = Setup::default().config("[[rules]]\nname = \"open\"\nallow = \"anyone\"").prepare();
    let said = vestibule.cli(&["rules", "check"]).expect_code(0).out;
    assert!(said.contains("vestibule.toml:") && said.contains("rules[0] (\"open\")"), "{said}");
    let table = "[[tests]]\nrequest = \"GET https://a.example/\"\nverdict = \"pass\"\nrule = \"open\"\n";
    fs::write(vestibule.folder().join("table.toml"), table).expect("our own file");
    assert_eq!(vestibule.cli(&["rules", "test", "table.toml"]).expect_code(0).out, "1 of 1 hold.\n");
}

#[test]
fn everything_that_is_wrong_with_rules_is_named_with_its_place() {
    let wrong = "[[rules]]\npaths = [\"/a\"]\nallow = \"anyone\"\n[[rules]]\npaths = [\"/a\"]\nallow = \"any user\"\n\
        [[rules]]\npaths = [\"/b/../c\"]\nallow = \"anyone\"\n";
    let said = with(&[("bad.toml", wrong)]).cli(&["rules", "check", "bad.toml"]).expect_code(1);
    assert!(said.out.is_empty(), "{said:?}");
    assert!(said.err.contains("bad.toml:4: rules[1]: contradicts rules[0]"), "{}", said.err);
    assert!(said.err.contains("bad.toml:8: rules[2].paths[0]: no request ever has"), "{}", said.err);
    let said = with(&[]).cli(&["rules", "check", "nowhere.toml"]).expect_code(1).err;
    assert!(said.contains("nowhere.toml: cannot be read"), "{said}");
}

#[test]
fn a_table_that_holds_is_one_line() {
    let table = r#"
[[tests]]
name    = "anybody may ask what is allowed"
request = "OPTIONS https://other.example/x"
verdict = "pass"
rule    = "preflight"

[[tests]]
request = "GET https://app.example.com/admin"
verdict = "sign in"

[[tests]]
request = "GET https://app.example.com/admin/users?sort=name"
who     = { roles = ["admin"], age = "4m" }
verdict = "pass"
rule    = "admin"

[[tests]]
request = "GET https://app.example.com/admin/"
who     = { roles = ["admin"], age = "1h" }
verdict = "step up"

[[tests]]
request = "GET https://app.example.com/ADMIN"
who     = { roles = ["admin"] }
verdict = "refuse"

[[tests]]
request = "GET https://app.example.com/x/..;/admin"
who     = { roles = ["admin"] }
verdict = "refuse"

[[tests]]
request = "GET https://app.example.com/files/a"
who     = { user = "ada@example.com", verified = true }
verdict = "pass"

[[tests]]
request = "GET https://app.example.com/files/a"
who     = { client = "third", scopes = ["files.read"] }
verdict = "pass"

[[tests]]
request = "GET https://app.example.com/files/a"
who     = { user = "eve@example.com", verified = true }
address = "10.1.2.3"
verdict = "pass"

[[tests]]
request = "GET https://app.example.com/files/a"
who     = { user = "eve@example.com", verified = true }
address = "192.0.2.1"
verdict = "refuse"

[[tests]]
request = "GET https://app.example.com/"
who     = "guest"
verdict = "pass"

[[tests]]
request = "GET https://app.example.com/"
who     = { scopes = ["files.read"] }
verdict = "sign in"

[[tests]]
request = "GET https://other.example/"
who     = { roles = ["admin"] }
verdict = "refuse"
"#;
    let said = tried(table);
    assert_eq!((said.code, said.out.as_str()), (0, "13 of 13 hold.\n"), "{said:?}");
}

#[test]
fn a_row_that_does_not_hold_says_which_rule_decided_and_why() {
    let table = r#"[[tests]]
name    = "an editor"
request = "GET https://app.example.com/admin"
who     = { roles = ["editor"], age = "1h" }
verdict = "pass"

[[tests]]
request = "GET https://app.example.com/"
who     = "guest"
verdict = "pass"
rule    = "admin"

[[tests]]
request = "GET https://app.example.com/Admin"
who     = { roles = ["admin"] }
verdict = "pass"
"#;
    let said = tried(table).expect_code(1).out;
    let [first, why, second, _, third, case, sum] = said.lines().collect::<Vec<_>>()[..] else { panic!("{said}") };
    assert_eq!(first, "table.toml:1: tests[0] (\"an editor\"): expected pass, found refuse");
    assert!(why.contains("rules[1] (\"admin\") at rules.toml:7: allow = "), "{why}");
    assert!(why.contains("any_role: the user has none of admin, max_age: the user authenticated more than 300 s"));
    assert!(second.starts_with("table.toml:7: tests[1]: expected the rule \"admin\" to decide, found rules[3]"));
    assert!(third.contains("expected pass, found refuse"), "{third}");
    assert!(case.contains("rules[1] at rules.toml:7 has this path in another case"), "{case}");
    assert_eq!(sum, "0 of 3 hold.");
}

#[test]
fn a_table_that_cannot_be_meant_is_refused_with_its_place() {
    let row = "[[tests]]\nrequest = \"GET https://a.example/\"\nverdict = \"pass\"\n";
    for (table, says) in [
        (String::new(), "table.toml:1: has no `[[tests]]`"),
        (row.replace("pass", "yes"), "table.toml:3: "),
        (row.replace("GET ", ""), "table.toml:1: tests[0].request: "),
        (format!("{row}host = \"x\"\n"), "table.toml:4: "),
        (format!("{row}who = \"root\"\n"), "\"guest\""),
        (format!("{row}who = {{ role = [\"a\"] }}\n"), "role"),
        (format!("{row}who = {{ roles = [\"A B\"] }}\n"), "tests[0].who: "),
        (format!("{row}who = {{ amr = [\"fax\"] }}\n"), "no sign-in gives `fax`"),
        (format!("{row}who = {{ age = \"soon\" }}\n"), "`soon` is not a duration"),
    ] {
        let said = tried(&table).expect_code(1);
        assert!(said.out.is_empty() && said.err.contains(says), "{says}: {said:?}");
    }
}
