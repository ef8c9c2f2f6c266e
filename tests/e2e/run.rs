//! `make run`: one command, one URL, and nothing left running after it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;
use vestibule_tests::person::Person;
use vestibule_tests::process::{Process, run};
use vestibule_tests::program::{self, repository};
use vestibule_tests::{port, wait};

struct Run {
    process: Process,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

fn command(folder: &tempfile::TempDir, address: SocketAddr) -> Command {
    let mut command = Command::new(repository().join("scripts/run"));
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

    /// The password that it printed for a user.
    fn password(&self, email: &str) -> String {
        let said = self.process.log();
        let line = said.lines().find(|line| line.contains(email)).expect("the user is named");
        line.split("password ").nth(1).and_then(|rest| rest.split(' ').next()).expect("with a password").to_owned()
    }

    fn person(&self) -> Person {
        Person::new(self.address.into(), &format!("http://localhost:{}", self.address.port()), "/auth")
    }

    /// Every process that has the run's folder in its command line or environment.
    fn processes(&self) -> Vec<PathBuf> {
        let ours = self.folder.path().to_string_lossy().into_owned();
        let has = |path: &PathBuf| {
            ["cmdline", "environ"].iter().any(|file| {
                fs::read(path.join(file)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(&ours))
            })
        };
        let numbered =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok());
        let entries = fs::read_dir("/proc").expect("Linux").flatten().map(|entry| entry.path());
        entries.filter(numbered).filter(has).collect()
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

        assert!(run.processes().len() >= 4, "the parts are not found: nothing is tested");
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
    fs::remove_file(run.folder.path().join("said")).unwrap();
    run.process = Process::start(&command(&run.folder, run.address), &run.folder.path().join("said"));
    let said = run.folder.path().join("said");
    run.process.ready(|| fs::read_to_string(&said).is_ok_and(|said| said.contains("Ctrl-C stops")));
    assert_eq!(run.password("demo@example.com"), password);
    assert_eq!(run.person().try_sign_in("demo@example.com", &password).status, 303);
    run.process.signal(Signal::TERM);
    run.process.ended();
}

#[test]
fn when_one_part_crashes_all_of_it_ends() {
    let mut run = Run::start();
    let part = run.processes().into_iter().find(|path| {
        fs::read(path.join("cmdline"))
            .is_ok_and(|line| line.split(|b| *b == 0).any(|word| word.ends_with(b"/sample-app")))
    });
    let id = part.expect("the sample application runs").file_name().unwrap().to_string_lossy().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
    assert!(!run.process.ended().success());
    assert!(run.process.log().contains("sample-app has ended"), "{}", run.process.log());
    wait::until("nothing is left running", || run.processes().is_empty().then_some(()));
}

#[test]
fn a_busy_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let address = port::free();
    let _busy = TcpListener::bind(address).unwrap();
    let said = run(&mut command(&folder, address), "").expect_code(1);
    assert!(said.err.contains(&address.port().to_string()), "{}", said.err);
}
