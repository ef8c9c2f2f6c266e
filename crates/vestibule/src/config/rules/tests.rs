//! What a file of rules may say, and what is said of one that may not.

use std::path::Path;

use proptest::prelude::*;
use vestibule_gate::original::{Case, Line};

use super::compile_text;
use crate::config::Config;

fn wrong(text: &str) -> String {
    compile_text(Path::new("r.toml"), text).map_or_else(|problems| problems.to_string(), |_| String::new())
}

const WHOLE: &str = r#"
[[rules]]
name = "preflight"
methods = ["OPTIONS"]
allow = "anyone"

[[rules]]
name = "admin"
hosts = ["app.example.com", "*.example.com"]
paths = ["/admin/**", "/a;b"]
methods = ["GET", "POST"]
allow = [
    { any_role = ["admin", "root"], max_age = "5m", amr = ["mfa"] },
    { users = ["ada@example.com", "0190a5f8-7b7c-7d4e-8f00-0123456789ab"], all_roles = ["staff"], verified = true },
    { scopes = ["admin:read"], clients = ["jobs"], networks = ["10.0.0.0/8", "::1"] },
    { anonymous = true },
]

[[rules]]
hosts = ["app.example.com"]
allow = { anonymous = false }

[paths."app.example.com"]
allow = [";", "%2F"]
case = "insensitive"

[paths."*.example.com"]
case = "sensitive"
"#;

#[test]
fn everything_that_a_rule_can_say_is_read() {
    let book = compile_text(Path::new("r.toml"), WHOLE).unwrap();
    let [preflight, admin, rest] = book.rules.rules() else { panic!("{book:?}") };
    assert_eq!(preflight.to_string(), "preflight");
    assert_eq!(rest.to_string(), "every method, app.example.com, every path");
    let allowed = "[{ any_role = [\"admin\", \"root\"], amr = [\"mfa\"], max_age = \"300s\" }, { users = \
        [\"0190a5f8-7b7c-7d4e-8f00-0123456789ab\", \"ada@example.com\"], all_roles = [\"staff\"], verified = true }, { scopes = \
        [\"admin:read\"], clients = [\"jobs\"], networks = [\"10.0.0.0/8\", \"::1/128\"] }, { anonymous = true }]";
    assert_eq!(admin.allow.to_string(), allowed);
    assert_eq!(book.places[1].to_string(), "r.toml:7");
    let policy = book.rules.policies().of("app.example.com");
    assert!(policy.allows(Line::Semicolon) && policy.allows(Line::EncodedSlash) && policy.case == Case::Insensitive);
    assert_eq!(book.rules.policies().of("x.example.com").case, Case::Sensitive);
    assert!(book.rules.needs_profiles());
}

#[test]
fn the_configuration_has_them_too_and_shows_them() {
    let text = WHOLE.replacen("\n[[rules]]", "public_url = \"https://example.com\"\n[[rules]]", 1);
    let config = Config::read(Some((Path::new("v.toml"), &text)), std::iter::empty()).unwrap();
    assert_eq!(config.rules.rules.rules().len(), 3);
    let shown = |key: &str| {
        let (_, value, origin) = config.shown.iter().find(|(name, ..)| name == key).unwrap();
        format!("{value} {origin}")
    };
    assert_eq!(shown("rules[0].methods"), "[\"OPTIONS\"] v.toml:2");
    assert_eq!(shown("rules[2].allow"), "{ anonymous = false } v.toml:19");
}

/// What is wrong, and what is said of it: file, line, rule and key, and what to write.
const WRONG: &[(&str, &str)] = &[
    ("[[rules]]\n", "r.toml:1: rules[0].allow: is missing; write who may pass: `\"anyone\"`"),
    ("[[rules]]\nallow = \"everyone\"", "r.toml:2: rules[0].allow: expected `\"anyone\"`, `\"any user\"`, a table"),
    ("[[rules]]\nallow = { }", "r.toml:2: rules[0].allow: is a table without conditions"),
    ("[[rules]]\nallow = []", "r.toml:2: rules[0].allow: is empty, so nobody could pass"),
    ("[[rules]]\nallow = [{}, \"anyone\"]", "r.toml:2: rules[0].allow[1]: expected a table of conditions"),
    ("[[rules]]\nallow = { role = [\"a\"] }", "rules[0].allow.role: there is no such setting; there are `users`"),
    (
        "[[rules]]\nallow = { anyrole = [\"a\"] }",
        "rules[0].allow.anyrole: there is no such setting; did you mean `any_role`?",
    ),
    (
        "[[rules]]\nallow = { any_role = \"a\" }",
        "r.toml:2: rules[0].allow.any_role: expected a list of roles, found \"a\"",
    ),
    ("[[rules]]\nallow = { any_role = [] }", "rules[0].allow.any_role: is an empty list"),
    ("[[rules]]\nallow = { any_role = [\n\"a\",\n\"A\"] }", "r.toml:4: rules[0].allow.any_role[1]: `A` is not a role"),
    ("[[rules]]\nallow = { users = [\"ada\"] }", "rules[0].allow.users[0]: `ada` is neither a user's id nor"),
    ("[[rules]]\nallow = { amr = [\"fpt\"] }", "`fpt` is an authentication method that no sign-in gives"),
    ("[[rules]]\nallow = { max_age = 300 }", "rules[0].allow.max_age: expected a duration of at least"),
    ("[[rules]]\nallow = { max_age = \"300\" }", "rules[0].allow.max_age: `300` is not a duration"),
    ("[[rules]]\nallow = { verified = false }", "rules[0].allow.verified: asks for nothing"),
    ("[[rules]]\nallow = { scopes = [\"a b\"] }", "rules[0].allow.scopes[0]: `a b` is not one scope"),
    (
        "[[rules]]\nallow = { networks = [\"10.0.0/8\"] }",
        "rules[0].allow.networks[0]: `10.0.0/8` is not a network; write `10.0.0.0/8`",
    ),
    ("[[rules]]\nallow = { clients = [\"a b\"] }", "rules[0].allow.clients[0]: `a b` is not a client id"),
    (
        "[[rules]]\nallow = [{ verified = true }, { anonymous = true, verified = true }]",
        "r.toml:2: rules[0].allow[1].verified: `anonymous = true` means guests only",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\nmethods = [\"get\"]",
        "r.toml:3: rules[0].methods[0]: `get` is not a method; methods are written in capitals: write `GET`",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\nhosts = [\"https://App.example.com:443\"]",
        "r.toml:3: rules[0].hosts[0]: `https://App.example.com:443` is not how a host is compared; write `app.example.com`",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\npaths = [\"admin\"]",
        "r.toml:3: rules[0].paths[0]: `admin` does not begin with `/`; write `/admin`",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\npaths = [\"/a\", \"/%61\"]",
        "r.toml:3: rules[0].paths[1]: no request ever has the path `/%61`",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\npath = \"/a\"",
        "r.toml:3: rules[0].path: there is no such setting; did you mean `paths`?",
    ),
    ("[[rules]]\nallow = \"anyone\"\nname = \"\"", "r.toml:3: rules[0].name: expected a text of 1 to 60"),
    (
        "[[rules]]\nname = \"a\"\nallow = \"anyone\"\npaths = [\"/a\"]\n[[rules]]\nname = \"a\"\nallow = \"anyone\"",
        "r.toml:6: rules[1].name: `a` is the name of rules[0] too",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\n[[rules]]\nallow = \"any user\"",
        "r.toml:3: rules[1]: contradicts rules[0], which is for the same hosts, paths and methods and allows others; keep one of them, or make one rule with a list in `allow` (rules[0] is at r.toml:1)",
    ),
    (
        "[[rules]]\nallow = \"anyone\"\n[[rules]]\nallow = \"any user\"\npaths = [\"/a\"]",
        "r.toml:3: rules[1]: can never match",
    ),
    ("rules = [1]", "r.toml:1: rules[0]: is not a table"),
    ("rules = []", "r.toml:1: rules: is empty"),
    ("[rules]\nallow = \"anyone\"", "r.toml:1: rules: is a list of tables"),
    ("", "r.toml:1: has no `[[rules]]`"),
    ("a = 1\n[[rules]]\nallow = \"anyone\"", "r.toml:1: a: does not belong here"),
    ("rules = \"other.toml\"", "r.toml:1: rules: does not belong here"),
    ("[[rules]]\nallow = ", "r.toml:2: not TOML"),
    (
        "[paths.app.example.com]\ncase = \"sensitive\"",
        "r.toml:1: paths.\"app\": is not a host; write the whole host in quotes",
    ),
    ("[paths]\ncase = \"sensitive\"", "r.toml:2: paths.\"case\": is a setting of no host"),
    (
        "[paths.\"A.example\"]\ncase = \"sensitive\"",
        "r.toml:1: paths.\"A.example\": `A.example` is not how a host is compared",
    ),
    ("[paths.\"a.example\"]\ncase = \"off\"", "r.toml:2: paths.\"a.example\".case: expected `\"sensitive\"` or"),
    ("[paths.\"a.example\"]\nallow = [\"..\"]", "r.toml:2: paths.\"a.example\".allow[0]: `..` can never be allowed"),
    ("[paths.\"a.example\"]", "r.toml:1: paths.\"a.example\": says nothing"),
    ("paths = 1", "r.toml:1: paths: is not a table"),
];

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, said) in WRONG {
        let problems = wrong(text);
        assert!(problems.contains(said), "{text}:\n{problems}\ndoes not say\n{said}");
        assert!(problems.lines().count() < 3, "{text}: {problems}");
    }
}

#[test]
fn a_file_of_rules_is_found_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("v.toml");
    let read = |text: &str| Config::read(Some((&file, text)), std::iter::empty());
    let named = "rules = \"rules.toml\"\nshadow_rules = \"next.toml\"";
    let problems = read(named).unwrap_err().to_string();
    assert!(problems.contains("v.toml:1: rules: `") && problems.contains("v.toml:2: shadow_rules: `"), "{problems}");
    std::fs::write(folder.path().join("rules.toml"), "[[rules]]\nallow = \"anyone\"\n").unwrap();
    std::fs::write(folder.path().join("next.toml"), "[[rules]]\nallow = \"nobody\"\n").unwrap();
    let problems = read(named).unwrap_err().to_string();
    assert!(problems.contains("next.toml:2: rules[0].allow: expected"), "{problems}");
    std::fs::write(folder.path().join("next.toml"), "[[rules]]\nallow = \"any user\"\n").unwrap();
    let mut config = read(named).unwrap();
    assert_eq!(config.rule_files().count(), 2);
    // Read again: whole, or not at all.
    std::fs::write(folder.path().join("rules.toml"), "[[rules]]\nallow = \"any user\"\npaths = [\"/a\"]\n").unwrap();
    std::fs::write(folder.path().join("next.toml"), "[[rules]]\n").unwrap();
    assert!(config.read_rule_files_again().is_err());
    assert!(config.rules.rules.rules()[0].paths.is_empty());
    std::fs::write(folder.path().join("next.toml"), "[[rules]]\nallow = \"anyone\"").unwrap();
    config.read_rule_files_again().unwrap();
    assert_eq!(config.rules.rules.rules()[0].paths.len(), 1);
    assert!(config.shown.iter().any(|(key, value, _)| key == "rules[0].paths" && value.to_string() == "[\"/a\"]"));
}

#[test]
fn rules_stand_in_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, "[[rules]]\nallow = \"anyone\"\n").unwrap();
    let file = folder.path().join("v.toml");
    let inline = Some((file.as_path(), "[[rules]]\nallow = \"any user\"\n"));
    let variable = [("VESTIBULE__RULES".into(), rules.clone().into_os_string())];
    let problems = Config::read(inline, variable.clone().into_iter()).unwrap_err().to_string();
    assert!(problems.starts_with("VESTIBULE__RULES: rules: names a file, and there are rules at "), "{problems}");
    assert!(Config::read(None, variable.into_iter()).is_ok());
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(pieces in prop::collection::vec(prop_oneof![
        4 => prop::sample::select(vec![
            "[[rules]]\n", "[paths.\"a.example\"]\n", "allow = ", "hosts = ", "paths = ", "\"anyone\"\n", "{", "}", "[", "]",
            "any_role = ", "\"a\"", "\"/a/**\"", "\"GET\"", ",", "\n", "case = \"sensitive\"\n", "true", "max_age = \"1m\"",
        ]).prop_map(str::to_owned),
        1 => ".{0,8}",
    ], 0..16)) {
        if let Err(problems) = compile_text(Path::new("r.toml"), &pieces.concat()) {
            prop_assert!(problems.to_string().lines().all(|line| !line.is_empty()));
        }
    }
}
