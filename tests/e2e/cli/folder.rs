//! The data folder: one server at a time, nobody else's business, and a database of tomorrow is left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::thread;
use std::time::Duration;

use vestibule_tests::process::run;
use vestibule_tests::server::Setup;
use vestibule_tests::{program, skip};

#[test]
fn two_servers_on_one_folder_are_refused() {
    let vestibule = Setup::default().start();
    let mut second = vestibule.command(&["serve"]);
    second.env("VESTIBULE__PUBLIC_URL", vestibule.url(""));
    let said = run(&mut second, "").expect_code(1);
    assert!(said.err.contains("data"), "the message does not name the folder: {}", said.err);
    assert_eq!(vestibule.person().get("/login").status, 200, "the first one goes on");
}

#[test]
fn a_server_waits_for_a_command_that_has_the_folder() {
    let mut vestibule = Setup::default().prepare();
    vestibule.add_user("ada@example.com", &[]);
    // What a command does that changes something while no server runs.
    let lock = fs::File::open(vestibule.data_dir().join("lock")).unwrap();
    lock.lock().unwrap();
    let command = thread::spawn(move || {
        thread::sleep(Duration::from_millis(700));
        drop(lock);
    });
    vestibule.start();
    command.join().unwrap();
    vestibule.cli(&["user", "show", "ada@example.com"]).expect_code(0);
}

#[test]
fn nobody_else_can_read_the_folder() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&vestibule.data_dir()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(vestibule.data_dir()).unwrap().flatten() {
        assert_eq!(mode(&entry.path()) & 0o077, 0, "{}", entry.path().display());
        files += 1;
    }
    assert!(files >= 2, "the folder is empty: nothing was looked at");
}

#[test]
fn another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return skip("another_user_is_refused", "only root can become somebody else");
    }
    for running in [true, false] {
        let vestibule = if running { Setup::default().start() } else { Setup::default().prepare() };
        vestibule.add_user("ada@example.com", &[]);
        // Nobody can look into a target folder under root's home: they get a copy of the binary.
        let binary = vestibule.folder().join("vestibule");
        fs::copy(program::vestibule(), &binary).unwrap();
        let mut nobody = Command::new("setpriv");
        nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(binary).arg("--config");
        nobody.arg(vestibule.config_file()).args(["session", "create", "ada@example.com"]);
        let said = run(&mut nobody, "").expect_code(1);
        assert!(!said.out.contains("vbs_"), "{said:?}");
        assert!(!said.err.is_empty());
    }
}

#[test]
fn a_folder_with_a_long_path_is_served_and_commanded() {
    let long = tempfile::Builder::new().prefix(&"long-".repeat(20)).tempdir().unwrap();
    let inner = long.path().join("x".repeat(100));
    let vestibule = Setup::default().environment("VESTIBULE__DATA_DIR", inner.to_str().unwrap()).start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    assert!(vestibule.is_live(&secret));
    vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert!(!vestibule.is_live(&secret), "the command did not reach the server");
}

#[test]
fn an_empty_folder_is_enough() {
    let vestibule = Setup::default().start();
    assert_eq!(vestibule.person().get("/login").status, 200);
    assert!(vestibule.cli(&["user", "list"]).expect_code(0).err.is_empty());
}
