//! `explain`: why a request may pass or not, from the rules in force of the running server.

use std::fs;

use serde_json::Value;
use vestibule_tests::process::Said;
use vestibule_tests::server::{Setup, Vestibule};

const RULES: &str = "[[rules]]\nname = \"admin\"\npaths = [\"/admin/**\"]\nallow = { any_role = [\"admin\"] }\n\
    [[rules]]\nname = \"office\"\npaths = [\"/office\"]\nallow = { networks = [\"10.0.0.0/8\"] }\n\
    [[rules]]\nname = \"files\"\npaths = [\"/files\"]\nallow = { scopes = [\"files.read\"] }\n\
    [[rules]]\nname = \"rest\"\nallow = \"any user\"\n";

fn served() -> Vestibule {
    let mut vestibule = Setup::default().config("").prepare();
    fs::write(vestibule.folder().join("rules.toml"), RULES).expect("our own file");
    let config = fs::read_to_string(vestibule.config_file()).expect("our own file");
    fs::write(vestibule.config_file(), format!("rules = \"rules.toml\"\n{config}")).expect("our own file");
    vestibule.start();
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    vestibule.add_user("bob@example.com", &[]);
    vestibule
}

fn explain(vestibule: &Vestibule, path: &str, more: &[&str]) -> Said {
    let url = format!("https://app.example.com{path}");
    vestibule.cli(&[&["explain", "--url", &url], more].concat()).expect_code(0)
}

#[track_caller]
fn says(said: &Said, words: &[&str]) {
    for words in words {
        assert!(said.out.contains(words), "{words} is not in\n{}", said.out);
    }
}

#[test]
fn a_user_a_cookie_a_token_and_nobody_are_explained() {
    let vestibule = served();
    let admin = "rules[0] (\"admin\") at ";
    says(
        &explain(&vestibule, "/admin?x=1", &["--user", "ada@example.com"]),
        &[
            "request     GET app.example.com/admin\n",
            "credential  assumed: user ",
            admin,
            "rules.toml:1\n",
            "all of it is met",
            "verdict     pass (200)",
        ],
    );
    let lacks = ["any_role: the user has none of admin", "verdict     refuse (403)"];
    says(&explain(&vestibule, "/admin", &["--user", "bob@example.com"]), &lacks);
    says(&explain(&vestibule, "/admin", &[]), &["credential  none came along", admin, "verdict     sign in (401)"]);
    says(&explain(&vestibule, "/ADMIN", &[]), &["rule        none", "in another case", "refuse (403)"]);
    says(&explain(&vestibule, "/a/../b", &[]), &["request     it cannot be read", "refuse (403)"]);
    let office = explain(&vestibule, "/office", &["--user", "bob@example.com", "--address", "10.1.1.1"]);
    says(&office, &["address     10.1.1.1", "rules[1] (\"office\")", "pass (200)"]);
    let post = explain(&vestibule, "/", &["--method", "POST", "--user", "bob@example.com"]);
    says(&post, &["request     POST app.example.com/\n", "rules[3] (\"rest\")", "pass (200)"]);

    let secret = vestibule.create_session("bob@example.com");
    let line = format!("other=1; session={secret}");
    let url = ["explain", "--url", "https://app.example.com/admin", "--cookie"];
    for said in [
        explain(&vestibule, "/admin", &["--cookie", &secret]),
        explain(&vestibule, "/admin", &["--cookie", &line]),
        vestibule.cli_with(&[&url[..], &["-"]].concat(), &format!("{line}\n")).expect_code(0),
    ] {
        says(&said, &["credential  the cookie `session`: user ", ", session ", lacks[0], lacks[1]]);
        assert!(!said.out.contains(&secret) && !said.err.contains(&secret), "{said:?}");
    }
    let bad = explain(&vestibule, "/", &["--bearer", &secret]);
    says(&bad, &["credential  none counts", "ignored     the bearer token: not in the form", "sign in (401)"]);
    assert!(!bad.out.contains(&secret), "{}", bad.out);
    vestibule.cli(&["user", "disable", "bob@example.com"]).expect_code(0);
    says(
        &explain(&vestibule, "/", &["--cookie", &secret]),
        &["ignored     the cookie `session`: not valid", "sign in"],
    );
    says(&explain(&vestibule, "/", &["--user", "bob@example.com"]), &["the user is disabled", "sign in (401)"]);
}

#[test]
fn a_limited_token_counts_where_its_scopes_are_asked_for_and_it_is_said() {
    let vestibule = served();
    let made = ["token", "create", "--user", "ada@example.com", "--scope", "files.read"];
    let token = vestibule.cli(&made).expect_code(0).line().to_owned();
    says(&explain(&vestibule, "/files", &["--bearer", &token]), &["the bearer token: user", "limited", "pass (200)"]);
    let admin = explain(&vestibule, "/admin", &["--bearer", &token]);
    says(&admin, &["ignored     the bearer token: the rule asks for neither `scopes` nor `clients`", "sign in (401)"]);
    assert!(!admin.out.contains(&token), "{}", admin.out);
}

#[test]
fn programs_get_an_object_and_without_a_server_it_says_what_to_do() {
    let mut vestibule = served();
    let said = explain(&vestibule, "/admin", &["--user", "bob@example.com", "--json"]).out;
    let said: Value = serde_json::from_str(&said).expect("an object");
    assert_eq!((&said["verdict"], &said["address"]), (&"refuse".into(), &Value::Null), "{said}");
    assert_eq!(said["rule"], "rules[0] (\"admin\")");
    let nobody = vestibule.cli(&["explain", "--url", "https://a.example/", "--user", "eve@example.com"]).expect_code(1);
    assert!(nobody.err.contains("there is no such user"), "{}", nobody.err);
    vestibule.cli(&["explain", "--url", "https://a.example/", "--user", "a@b.example", "--bearer", "x"]).expect_code(2);
    vestibule.stop();
    let said = vestibule.cli(&["explain", "--url", "https://a.example/"]).expect_code(1).err;
    assert!(said.contains("start it, or try rules with `vestibule rules test`"), "{said}");
}
