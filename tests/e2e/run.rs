//! `make run`: one command, one URL, and nothing left running after it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{Pid, Signal};
use vestibule_tests::person::Person;
use vestibule_tests::process::{self, Process};
use vestibule_tests::program::{self, repository};
use vestibule_tests::{port, wait};

struct Run {
    process: Process,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

fn command(folder: &tempfile::TempDir, address: SocketAddr) -> Command {
    // Whoever runs the tests in the background has them ignore SIGINT, and a shell cannot take that back.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT").arg(repository().join("scripts/run"));
    command.env("PORT", address.port().to_string()).env("RUN_DIR", folder.path().join("run"));
    command.env("BIN_DIR", program::vestibule().parent().expect("a binary lies in a folder"));
    command
}

impl Run {
    fn start() -> Self {
        let (folder, address) = (tempfile::tempdir().expect("a folder can be made"), port::free());
        let mut process = Process::start(&command(&folder, address), &folder.path().join("said"));
        let said = folder.path().join("said");
        process.ready(|| fs::read_to_string(&said).is_ok_and(|said| said.contains("Ctrl-C stops")));
        Self { process, address, folder }
    }

    /// Starts it once more in the same folder.
    fn again(&mut self) {
        let said = self.folder.path().join("said");
        fs::remove_file(&said).expect("it was said before");
        self.process = Process::start(&command(&self.folder, self.address), &said);
        self.process.ready(|| fs::read_to_string(&said).is_ok_and(|said| said.contains("Ctrl-C stops")));
    }

    /// The password that it printed for a user.
    fn password(&self, email: &str) -> String {
        let said = self.process.log();
        let line = said.lines().find(|line| line.contains(email)).expect("the user is named");
        line.split("password ").nth(1).and_then(|rest| rest.split(' ').next()).expect("with a password").to_owned()
    }

    fn person(&self) -> Person {
        Person::new(self.address.into(), &format!("http://localhost:{}", self.address.port()), "/auth")
    }

    /// Every process that has the run's folder in its command line, its environment or its open files: nginx's workers
    /// have it in neither of the first two.
    fn processes(&self) -> Vec<PathBuf> {
        let ours = self.folder.path().to_string_lossy().into_owned();
        let has = |path: &PathBuf| {
            let names = ["cmdline", "environ"].iter().filter_map(|file| fs::read(path.join(file)).ok());
            let open = fs::read_dir(path.join("fd")).into_iter().flatten().flatten();
            let open = open.filter_map(|entry| fs::read_link(entry.path()).ok());
            names.into_iter().any(|bytes| String::from_utf8_lossy(&bytes).contains(&ours))
                || open.into_iter().any(|file| file.to_string_lossy().contains(&ours))
        };
        let numbered =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok());
        let entries = fs::read_dir("/proc").expect("Linux").flatten().map(|entry| entry.path());
        let not_this = |path: &PathBuf| !path.ends_with(std::process::id().to_string());
        entries.filter(numbered).filter(not_this).filter(has).collect()
    }

    /// Ends one of them as a crash would: the first whose command line has these words.
    fn crash(&self, words: &str) {
        let is_it = |path: &PathBuf| {
            fs::read(path.join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).replace('\0', " ").contains(words))
        };
        let found = self.processes().into_iter().find(is_it).unwrap_or_else(|| panic!("no process is {words}"));
        let id = found.file_name().expect("a number").to_string_lossy().parse().expect("a number");
        rustix::process::kill_process(Pid::from_raw(id).expect("not 0"), Signal::KILL).expect("it runs");
    }
}

#[test]
fn one_command_shows_everything_and_leaves_nothing_running() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut run = Run::start();
        assert!(run.process.log().contains(&format!("http://localhost:{}/", run.address.port())));
        let mut visitor = run.person();
        assert!(visitor.get_path("/").text().contains("You are not signed in"));
        assert_eq!(visitor.get_path("/private").status, 401);

        let answer = visitor.try_sign_in("demo@example.com", &run.password("demo@example.com"));
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = visitor.get_path("/").text();
        assert!(page.contains("x-authgear-user-id") && page.contains("x-authgear-session-amr"), "{page}");
        assert_eq!(visitor.get_path("/private").status, 200);
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
