//! What every command has in common: help with an example, exit codes, `--config` anywhere, completions, a man page.

use std::process::Command;

use vestibule_tests::process::run;
use vestibule_tests::program;
use vestibule_tests::server::Setup;

const COMMANDS: &[&[&str]] = &[
    &["serve"],
    &["config", "check"],
    &["config", "show"],
    &["user", "add"],
    &["user", "list"],
    &["user", "show"],
    &["user", "set"],
    &["user", "disable"],
    &["user", "enable"],
    &["user", "delete"],
    &["user", "password"],
    &["user", "import"],
    &["client", "add"],
    &["client", "list"],
    &["client", "show"],
    &["client", "set"],
    &["client", "delete"],
    &["client", "secret", "rotate"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["session", "create"],
    &["session", "list"],
    &["session", "revoke"],
    &["cluster", "status"],
    &["explain"],
    &["rules", "check"],
    &["rules", "test"],
    &["proxy-config", "nginx"],
    &["backup"],
    &["store", "migrate"],
    &["store", "copy"],
    &["doctor"],
];

#[test]
fn every_command_has_help_with_an_example() {
    for command in COMMANDS {
        let said = run(Command::new(program::vestibule()).args(*command).arg("--help"), "").expect_code(0);
        assert!(said.out.contains("Example"), "{command:?} has no example:\n{}", said.out);
        assert!(said.out.contains(&format!("vestibule {}", command.join(" "))), "{command:?}:\n{}", said.out);
        let example = said.out.lines().skip_while(|line| !line.starts_with("Example"));
        assert_eq!(example.filter(|line| line.len() > 78).collect::<Vec<_>>(), [""; 0], "wrapped, it cannot be copied");
    }
}

#[test]
fn a_group_of_commands_has_an_example_too() {
    let groups = ["config", "user", "session", "client", "token", "rules", "cluster", "proxy-config", "store"];
    for group in groups {
        let said = run(Command::new(program::vestibule()).args([group, "--help"]), "").expect_code(0);
        assert!(said.out.contains(&format!("Example:\n  vestibule {group} ")), "{}", said.out);
    }
}

#[test]
fn a_failure_names_its_cause_once() {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    let path = file.path().to_str().expect("plain");
    let vestibule = Setup::default().environment("VESTIBULE__DATA_DIR", path).prepare();
    let said = vestibule.cli(&["user", "list"]).expect_code(1);
    assert_eq!(said.err.matches("File exists").count(), 1, "{}", said.err);
}

#[test]
fn wrong_usage_is_2_and_a_refusal_is_1() {
    let vestibule = Setup::default().prepare();
    for wrong in [&["frobnicate"][..], &["user", "add"], &["user", "show", "a@example.com", "--frob"], &["serve", "x"]]
    {
        vestibule.cli(wrong).expect_code(2);
    }
    for refused in [&["user", "show", "a@example.com"][..], &["user", "disable", "a@example.com"]] {
        let said = vestibule.cli(refused).expect_code(1);
        assert!(!said.err.is_empty() && said.out.is_empty(), "a refusal is said on standard error: {said:?}");
    }
}

#[test]
fn the_configuration_is_named_anywhere_or_by_the_environment() {
    let vestibule = Setup::default().prepare();
    vestibule.add_user("ada@example.com", &[]);
    let file = vestibule.config_file();
    let file = file.to_str().unwrap();
    let command = || {
        let mut command = Command::new(program::vestibule());
        command.envs(vestibule.environment().iter().map(|(name, value)| (name, value)));
        command
    };
    for args in [
        ["--config", file, "user", "show", "ada@example.com"],
        ["user", "--config", file, "show", "ada@example.com"],
        ["user", "show", "--config", file, "ada@example.com"],
        ["user", "show", "ada@example.com", "--config", file],
    ] {
        run(command().args(args), "").expect_code(0);
    }
    run(command().args(["user", "show", "ada@example.com"]).env("VESTIBULE_CONFIG", file), "").expect_code(0);
    run(command().args(["user", "show", "ada@example.com"]).current_dir(vestibule.folder()), "").expect_code(0);
    let missing = run(command().args(["config", "check", "--config", "/nowhere.toml"]), "").expect_code(1);
    assert!(missing.err.contains("/nowhere.toml"), "{}", missing.err);
}

#[test]
fn completions_and_a_man_page_are_printed() {
    let vestibule = Setup::default().prepare();
    for shell in ["bash", "zsh", "fish"] {
        let said = vestibule.cli(&["completions", shell]).expect_code(0);
        assert!(said.out.contains("proxy-config"), "{shell}");
    }
    let manual = vestibule.cli(&["man"]).expect_code(0).out;
    assert!(manual.contains(".TH") && manual.contains("VESTIBULE_CONFIG"), "{manual}");
}

#[test]
fn the_version_is_said() {
    let said = run(Command::new(program::vestibule()).arg("--version"), "").expect_code(0);
    assert!(said.out.starts_with("vestibule 0."), "{}", said.out);
}
