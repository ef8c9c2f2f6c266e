//! `make run`, as a test starts it.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use crate::person::Person;
use crate::port;
use crate::process::Process;
use crate::program::{self, repository};

/// Everything on this machine, running.
#[derive(Debug)]
pub struct Run {
    /// The script.
    pub process: Process,
    /// Where nginx listens.
    pub address: SocketAddr,
    /// A folder of its own.
    pub folder: TempDir,
}

/// The script, with a folder and a port of its own.
///
/// # Panics
/// Never: a binary lies in a folder.
pub fn command(folder: &TempDir, address: SocketAddr) -> Command {
    // Whoever runs the tests in the background has them ignore SIGINT, and a shell cannot take that back.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT").arg(repository().join("scripts/run"));
    command.env("PORT", address.port().to_string()).env("RUN_DIR", folder.path().join("run"));
    command.env("BIN_DIR", program::vestibule().parent().expect("a binary lies in a folder"));
    command
}

impl Run {
    /// Starts it, and waits until it says that everything runs.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn start() -> Self {
        let (folder, address) = (tempfile::tempdir().expect("a folder can be made"), port::free());
        let mut process = Process::start(&command(&folder, address), &folder.path().join("said"));
        let said = folder.path().join("said");
        process.ready(|| fs::read_to_string(&said).is_ok_and(|said| said.contains("Ctrl-C stops")));
        Self { process, address, folder }
    }

    /// Starts it once more in the same folder.
    ///
    /// # Panics
    /// When it did not run before.
    pub fn again(&mut self) {
        let said = self.folder.path().join("said");
        fs::remove_file(&said).expect("it was said before");
        self.process = Process::start(&command(&self.folder, self.address), &said);
        self.process.ready(|| fs::read_to_string(&said).is_ok_and(|said| said.contains("Ctrl-C stops")));
    }

    /// The password that it printed for a user.
    ///
    /// # Panics
    /// When it printed none.
    pub fn password(&self, email: &str) -> String {
        let said = self.process.log();
        let line = said.lines().find(|line| line.contains(email)).expect("the user is named");
        line.split("password ").nth(1).and_then(|rest| rest.split(' ').next()).expect("with a password").to_owned()
    }

    /// Somebody with a browser of their own.
    pub fn person(&self) -> Person {
        Person::new(self.address.into(), &format!("http://localhost:{}", self.address.port()), "/auth")
    }

    /// Every process that has the run's folder in its command line, its environment or its open files: nginx's workers
    /// have it in neither of the first two.
    ///
    /// # Panics
    /// When this is not Linux.
    pub fn processes(&self) -> Vec<PathBuf> {
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
    ///
    /// # Panics
    /// When there is none.
    pub fn crash(&self, words: &str) {
        let is_it = |path: &PathBuf| {
            fs::read(path.join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).replace('\0', " ").contains(words))
        };
        let found = self.processes().into_iter().find(is_it).unwrap_or_else(|| panic!("no process is {words}"));
        let id = found.file_name().expect("a number").to_string_lossy().parse().expect("a number");
        rustix::process::kill_process(Pid::from_raw(id).expect("not 0"), Signal::KILL).expect("it runs");
    }
}
