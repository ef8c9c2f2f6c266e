//! `make run`: one command, one URL, and nothing left running after it.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use rustix::process::Signal;
use vestibule_tests::process;
use vestibule_tests::program::{self, repository};
use vestibule_tests::run::{Run, command};
use vestibule_tests::{port, wait};

#[test]
fn one_command_shows_everything_and_leaves_nothing_running() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut run = Run::start();
        assert!(run.process.log().contains(&format!("http://localhost:{}/", run.address.port())));
        let mut visitor = run.person();
        assert!(visitor.get_path("/").text().contains("You are not signed in"));
        assert_eq!(visitor.get_path("/private").status, 401);
        let spa = format!("http://localhost:{}/spa/", run.address.port());
        assert!(run.process.log().contains(&spa), "{}", run.process.log());
        assert!(visitor.get_path("/spa/").text().contains("spa.js"));
        assert_eq!(visitor.get_path("/api/me").status, 401);

        let answer = visitor.try_sign_in("demo@example.com", &run.password("demo@example.com"));
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = visitor.get_path("/").text();
        assert!(page.contains("x-authgear-user-id") && page.contains("x-authgear-session-amr"), "{page}");
        assert_eq!(visitor.get_path("/private").status, 200);
        assert!(visitor.get_path("/api/me").text().contains("\"x-authgear-session-valid\": \"true\""));
        assert_eq!(visitor.get_path("/admin").status, 403);
        let mut admin = run.person();
        assert_eq!(admin.try_sign_in("admin@example.com", &run.password("admin@example.com")).status, 303);
        assert_eq!(admin.get_path("/admin").status, 200);
        assert_eq!(visitor.post("/logout", &[]).status, 303);
        assert!(visitor.get_path("/").text().contains("You are not signed in"));
        assert_eq!(visitor.get_path("/_resolver/resolve").identities(), []);

        assert!(run.processes().len() >= 5, "the parts are not found: nothing is tested");
        run.process.signal(signal);
        run.process.ended();
        wait::until("nothing is left running", || run.processes().is_empty().then_some(()));
    }
}

#[test]
fn the_passwords_are_kept_for_the_next_run_and_for_nobody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut run = Run::start();
    let password = run.password("demo@example.com");
    run.process.signal(Signal::INT);
    run.process.ended();
    let file = run.folder.path().join("run/passwords");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    run.again();
    assert_eq!(run.password("demo@example.com"), password);
    assert_eq!(run.person().try_sign_in("demo@example.com", &password).status, 303);
    run.process.signal(Signal::TERM);
    run.process.ended();
}

#[test]
fn when_one_part_crashes_all_of_it_ends() {
    let binary = program::vestibule();
    for (name, words) in [
        ("vestibule", format!("{} serve", binary.display())),
        ("sample-app", format!("{}", program::sample_app().display())),
        ("nginx", "nginx: master process".to_owned()),
    ] {
        let mut run = Run::start();
        run.crash(&words);
        assert!(!run.process.ended().success());
        assert!(run.process.log().contains(&format!("{name} has ended; its last words")), "{}", run.process.log());
        wait::until("nothing is left running", || run.processes().is_empty().then_some(()));
    }
}

#[test]
fn when_the_script_is_killed_all_of_it_ends_and_the_next_one_tidies_up() {
    let mut run = Run::start();
    let sockets = fs::read_link(run.folder.path().join("run/shared")).unwrap();
    run.crash("scripts/run");
    run.process.ended();
    wait::until("nothing is left running", || run.processes().is_empty().then_some(()));
    assert!(sockets.is_dir(), "nobody was left to remove it");
    run.again();
    assert!(!sockets.exists());
    run.process.signal(Signal::TERM);
    run.process.ended();
}

#[test]
fn one_clone_runs_once_at_a_time() {
    let mut run = Run::start();
    let file = run.folder.path().join("run/vestibule.toml");
    let before = fs::read_to_string(&file).unwrap();
    let said = process::run(&mut command(&run.folder, port::free()), "").expect_code(1);
    assert!(said.err.contains("is in use by another `make run`"), "{}", said.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "the first one's configuration");
    assert_eq!(run.person().get_path("/").status, 200);
    run.process.signal(Signal::INT);
    run.process.ended();
}

#[test]
fn what_is_no_port_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for port in ["abc", "0", "-1", "65536", "08080", "80 81", "99999999999999999999", "a[$(touch x)]"] {
        let said = process::run(command(&folder, port::free()).env("PORT", port), "").expect_code(1);
        assert_eq!(said.err.lines().count(), 1, "{port}: {}", said.err);
        assert!(said.err.contains(&format!("PORT={port} is not a port")), "{port}: {}", said.err);
    }
}

#[test]
fn without_nginx_and_without_rights_it_says_what_to_type() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    // A machine where nothing is installed, and a user who may install nothing.
    for (name, text) in [("dpkg-query", "exit 1"), ("id", "echo 1000"), ("sudo", "exit 1"), ("apt-get", "exit 99")] {
        let file = folder.path().join(name);
        fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let said = process::run(command(&folder, port::free()).env("PATH", &path), "").expect_code(1);
    assert!(said.err.contains("sudo apt-get install --yes --no-install-recommends nginx"), "{}", said.err);
    let said = process::run(Command::new(repository().join("scripts/test")).env("PATH", path), "").expect_code(1);
    assert!(said.err.contains("nginx chromium chromium-driver faketime"), "{}", said.err);
}

#[test]
fn a_busy_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let address = port::free();
    let _busy = TcpListener::bind(address).unwrap();
    let said = process::run(&mut command(&folder, address), "").expect_code(1);
    assert!(said.err.contains(&address.port().to_string()), "{}", said.err);
}
