//! `config check`, `config show` and `doctor`: a wrong line stops the start with file, line, key, what was expected and
//! the nearest known name.

use serde_json::{Value, json};
use vestibule_tests::server::Setup;

/// A table of the file, and what the message must name.
const WRONG: &[(&str, &[&str])] = &[
    ("[session]\nlifetme = \"1h\"", &["lifetme", "lifetime"]),
    ("[sesion]\nlifetime = \"1h\"", &["sesion", "session"]),
    ("[session]\nlifetime = \"forever\"", &["session.lifetime", "forever"]),
    ("[session]\nlifetime = 5", &["session.lifetime"]),
    ("[session]\nlifetime = \"0s\"", &["session.lifetime"]),
    ("[signup]\nenabled = \"yes\"", &["signup.enabled"]),
    ("[proxies]\ntrusted = [\"10.0.0.0/8\", \"10.0.0/8\"]", &["proxies.trusted", "10.0.0/8"]),
    ("[headers]\nprefix = \"X Y\"", &["headers.prefix"]),
    ("[session]\ncookie_prefix = \"a=b\"", &["session.cookie_prefix"]),
    ("[brand]\naccent = \"blue;}\"", &["brand.accent"]),
    ("[login]\nreturn_to = [\"example.com\"]", &["login.return_to"]),
    ("[resolver]\ncache_for = \"10m\"\n[session]\ncookie_prefix = \"a_\"", &["cache_key_cookie"]),
    ("[login]\nreturn_to = [\"https://other.example\"]", &["login.return_to", "other.example"]),
    ("[password]\nmin_score = 9", &["password.min_score"]),
    ("[keys]\nalgorithm = \"HS256\"", &["keys.algorithm", "HS256"]),
    ("[keys]\nsecret = \"too short\"", &["keys.secret", "32 characters"]),
    ("= = =", &["line"]),
];

#[test]
fn a_wrong_line_stops_the_start_and_is_named() {
    for (tables, named) in WRONG {
        let vestibule = Setup::default().config(tables).prepare();
        for command in [&["config", "check"][..], &["serve"], &["user", "list"]] {
            let said = vestibule.cli(command).expect_code(1);
            assert!(said.err.contains("vestibule.toml"), "{tables}: no file in {}", said.err);
            assert!(said.err.chars().any(|c| c.is_ascii_digit()), "{tables}: no line in {}", said.err);
            for name in *named {
                assert!(said.err.contains(name), "{tables}: no {name} in {}", said.err);
            }
        }
    }
}

#[test]
fn a_sound_configuration_is_said_to_be_sound() {
    let vestibule = Setup::default().prepare();
    vestibule.cli(&["config", "check"]).expect_code(0);
}

#[test]
fn the_environment_wins_and_show_says_so() {
    let setup = Setup::default().config("[session]\nidle_timeout = \"2h\"\nlifetime = \"3h\"");
    let vestibule = setup.environment("VESTIBULE__SESSION__IDLE_TIMEOUT", "1h").prepare();
    let shown = vestibule.cli(&["config", "show"]).expect_code(0).out;
    let line = |key: &str| shown.lines().find(|line| line.contains(key)).unwrap_or_default().to_owned();
    assert!(line("idle_timeout").contains("1h") && line("idle_timeout").contains("VESTIBULE__"), "{shown}");
    assert!(line("lifetime").contains("3h") && line("lifetime").contains("vestibule.toml"), "{shown}");
    let wrong = Setup::default().environment("VESTIBULE__SESSION__IDLE_TIMEOUT", "soon").prepare();
    let said = wrong.cli(&["config", "check"]).expect_code(1);
    assert!(said.err.contains("VESTIBULE__SESSION__IDLE_TIMEOUT"), "{}", said.err);
    let unknown = Setup::default().environment("VESTIBULE__SESSION__IDLE", "1h").prepare();
    assert!(unknown.cli(&["config", "check"]).expect_code(1).err.contains("VESTIBULE__SESSION__IDLE"));
}

#[test]
fn show_is_typed_for_programs() {
    let setup = Setup::default().config("[signup]\nenabled = true\n[proxies]\ntrusted = [\"10.0.0.0/8\"]");
    let vestibule = setup.environment("VESTIBULE__CACHE__SESSIONS", "5000").prepare();
    let shown = vestibule.cli(&["config", "show", "--json"]).expect_code(0).out;
    let value = |key: &str| {
        let rows = shown.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON object a line"));
        rows.into_iter().find(|row| row["key"] == key).expect("every setting is there")["value"].clone()
    };
    assert_eq!(value("signup.enabled"), json!(true));
    assert_eq!(value("proxies.trusted"), json!(["10.0.0.0/8"]));
    assert_eq!(value("session.lifetime"), json!("52w"));
    assert_eq!(value("password.queue"), json!(64));
    assert_eq!(value("session.cookie_domain"), json!(null));
    assert_eq!(value("cache.sessions"), json!("5000"), "as it was written: the environment has texts only");
}

#[test]
fn doctor_looks_at_a_running_server() {
    let vestibule = Setup::default().start();
    let said = vestibule.cli(&["doctor"]);
    assert!(said.code == 0 || said.code == 1, "{said:?}");
    assert!(said.out.lines().count() >= 3, "{said:?}");
}

#[test]
fn doctor_knows_the_mistake_of_the_published_file() {
    let vestibule = Setup::default().prepare();
    let published = vestibule_tests::nginx::PUBLISHED;
    let file = vestibule.folder().join("nginx.conf");
    let wrong = published.replace("$authgear", "$backend");
    std::fs::write(&file, wrong).unwrap();
    let said = vestibule.cli(&["doctor", "--nginx", file.to_str().unwrap()]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(format!("{}{}", said.out, said.err).contains("$backend"), "{said:?}");
}
