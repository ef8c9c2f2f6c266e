//! What `deploy/` holds fits what is here.

use std::fs;
use std::process::Command;

use vestibule_tests::process;
use vestibule_tests::program::{self, repository};

fn deployed(name: &str) -> String {
    fs::read_to_string(repository().join("deploy").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn systemd_takes_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: there is no systemd-analyze here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (unit, instance) in [("vestibule.service", "vestibule.service"), ("vestibule@.service", "vestibule@a.service")]
    {
        let here = program::vestibule().canonicalize().unwrap();
        let text = deployed(unit).replace("/usr/local/bin/vestibule", &here.display().to_string());
        let file = folder.path().join(instance);
        fs::write(&file, text).unwrap();
        let said = process::run(Command::new("systemd-analyze").arg("verify").arg(&file), "");
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{unit}");
    }
}

#[test]
fn the_template_unit_is_as_hard_as_the_other_and_waits_longer_than_a_node_ends() {
    let (one, template) = (deployed("vestibule.service"), deployed("vestibule@.service"));
    let (_, hardening) = one.split_once("NoNewPrivileges=yes\n").expect("the hardening");
    for line in hardening.lines().take_while(|line| !line.starts_with('[')) {
        assert!(template.contains(line), "deploy/vestibule@.service has no {line}");
    }
    assert!(template.contains("TimeoutStopSec=60\n"));
}

#[test]
fn the_container_is_built_with_the_rust_of_the_house_and_run_without_rights() {
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).unwrap();
    let file = deployed("Containerfile");
    assert!(file.contains(&format!("FROM rust:{rust}-")), "the Containerfile does not build with Rust {rust}");
    let last_stage = file.rsplit("\nFROM ").next().unwrap();
    assert!(last_stage.contains("\nUSER 10001:10001\n") && last_stage.contains("\nSTOPSIGNAL SIGTERM\n"));
}
