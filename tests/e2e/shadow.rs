//! Rules that are tried: what they would refuse is logged, and passes; and the two files are read again as they change.

use std::fs;

use vestibule_tests::http::{Response, exchange};
use vestibule_tests::server::{Setup, Vestibule};
use vestibule_tests::wait;

const SAID: &str = "the rules that are tried would not let this request pass";

fn rule(name: &str, allow: &str) -> String {
    format!("[[rules]]\nname = \"{name}\"\nallow = {allow}\n")
}

fn served() -> Vestibule {
    let mut vestibule = Setup::default().prepare();
    fs::write(vestibule.folder().join("rules.toml"), rule("now", "\"any user\"")).expect("our own file");
    fs::write(vestibule.folder().join("new.toml"), rule("then", "{ any_role = [\"admin\"] }")).expect("our own file");
    let config = fs::read_to_string(vestibule.config_file()).expect("our own file");
    let named = "rules = \"rules.toml\"\nshadow_rules = \"new.toml\"\n";
    fs::write(vestibule.config_file(), format!("{named}{config}")).expect("our own file");
    vestibule.start();
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    vestibule.add_user("bob@example.com", &[]);
    vestibule
}

fn ask(vestibule: &Vestibule, path: &str, session: Option<&str>) -> Response {
    let cookie = session.map(|secret| format!("Cookie: session={secret}\r\n")).unwrap_or_default();
    let request = format!(
        "GET /_resolver/check/nginx HTTP/1.1\r\nHost: any\r\nConnection: close\r\nX-Original-Method: GET\r\n\
         X-Original-URL: https://app.example.com{path}?secret=1\r\n{cookie}\r\n"
    );
    exchange(&vestibule.resolver_unix(), request.as_bytes())
}

/// The lines that tell of a path.
fn told(vestibule: &Vestibule, path: &str) -> Vec<String> {
    let tells = |line: &&str| line.contains(SAID) && line.contains(path);
    vestibule.log().lines().filter(tells).map(str::to_owned).collect()
}

#[test]
fn what_new_rules_would_refuse_is_logged_and_passes() {
    let vestibule = served();
    let (ada, bob) = (vestibule.create_session("ada@example.com"), vestibule.create_session("bob@example.com"));
    let answer = ask(&vestibule, "/of-bob", Some(&bob));
    assert_eq!((answer.status, answer.identity("session-valid")), (200, Some("true")), "{}", answer.head);
    let told_of = told(&vestibule, "/of-bob");
    let [line] = &told_of[..] else { panic!("{told_of:?}\n{}", vestibule.log()) };
    for words in ["app.example.com", "GET", "then", "refused"] {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert!(!line.contains(&bob) && !line.contains("secret=1"), "{line}");
    assert_eq!(ask(&vestibule, "/of-ada", Some(&ada)).status, 200);
    assert_eq!(ask(&vestibule, "/of-nobody", None).status, 401, "the rules in force decide");
    let quiet = [told(&vestibule, "/of-ada"), told(&vestibule, "/of-nobody")].concat();
    assert!(quiet.is_empty(), "{quiet:?}");
}

#[test]
fn explain_says_what_new_rules_would_do() {
    let vestibule = served();
    let explain = |more: &[&str]| {
        let question = [&["explain", "--url", "https://app.example.com/x"], more].concat();
        vestibule.cli(&question).expect_code(0).out
    };
    let bob = vestibule.create_session("bob@example.com");
    for by in [&["--user", "bob@example.com"], &["--cookie", bob.as_str()]] {
        let said = explain(by);
        let tried = "shadow      refuse (403), by rules[0] (\"then\") at ";
        assert!(said.contains("verdict     pass (200)") && said.contains(tried), "{said}");
        assert!(said.contains("new.toml:1: allow = ") && said.contains("the user has none of admin"), "{said}");
    }
    let said = explain(&["--user", "ada@example.com"]);
    assert!(said.contains("shadow      pass (200), by rules[0] (\"then\")"), "{said}");
    let said = explain(&["--user", "ada@example.com", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert!(said["tried"].as_str().is_some_and(|tried| tried.starts_with("pass (200), by ")), "{said}");
}

#[test]
fn both_files_are_read_again_as_they_change_and_a_bad_one_leaves_both_in_force() {
    let vestibule = served();
    let bob = vestibule.create_session("bob@example.com");
    let write = |name: &str, text: &str| fs::write(vestibule.folder().join(name), text).expect("our own file");
    let logged = |times: usize, words: &str| {
        wait::until(words, || (vestibule.log().matches(words).count() >= times).then_some(()));
    };
    write("new.toml", &rule("then", "{ any_role = [\"Admin\"] }"));
    logged(1, "the old ones stay in force");
    assert_eq!(ask(&vestibule, "/bad", Some(&bob)).status, 200);
    assert_eq!(told(&vestibule, "/bad").len(), 1, "the rules that were tried before are");
    write("new.toml", &rule("then", "\"any user\""));
    logged(1, "read the rules again");
    assert_eq!(ask(&vestibule, "/good", Some(&bob)).status, 200);
    assert!(told(&vestibule, "/good").is_empty());
    write("rules.toml", &rule("now", "{ any_role = [\"admin\"] }"));
    logged(2, "read the rules again");
    assert_eq!(ask(&vestibule, "/in-force", Some(&bob)).status, 403);
}
