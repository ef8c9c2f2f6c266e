//! A real PostgreSQL in a folder of its own, run by somebody without rights, gone with the test program.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

use tempfile::TempDir;

use crate::process::{self, Process};

/// A running PostgreSQL. It listens on a unix socket alone.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    process: Process,
}

/// Who it runs as where the tests run as root, whom it refuses.
const NOBODY: &str = "nobody";

impl Postgres {
    /// Makes one and starts it.
    ///
    /// # Panics
    /// When it is not installed, with what to do.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// With settings such as `synchronous_standby_names=...`.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn with(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("vestibule-postgres-").tempdir().expect("a folder can be made");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("our own folder");
        let mut init = as_nobody(&program("initdb"));
        init.arg("-D").arg(folder.path().join("data")).args(["-U", "vestibule", "--auth=trust", "--no-sync"]);
        init.args(["--encoding=UTF8", "--locale=C.UTF-8"]).current_dir("/");
        let made = process::run(&mut init, "");
        assert_eq!(made.code, 0, "{}{}", made.out, made.err);
        let process = run(folder.path(), settings);
        Self { folder, process }
    }

    /// Where it is, for one of its databases, which is made when there is none.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn url(&self, database: &str) -> String {
        let made = self.sql("postgres", &format!("CREATE DATABASE {database}"));
        assert!(made.code == 0 || made.err.contains("already exists"), "{}", made.err);
        format!("postgres:///{database}?host={}&user=vestibule", self.folder.path().display())
    }

    /// Runs a statement as its superuser.
    pub fn sql(&self, database: &str, statement: &str) -> process::Said {
        let mut psql = Command::new(program("psql"));
        psql.arg("-h").arg(self.folder.path()).args(["-U", "vestibule", "-d", database, "-At", "-c", statement]);
        process::run(&mut psql, "")
    }

    /// One of its programs, such as `pg_dump`, as its superuser.
    pub fn tool(&self, name: &str) -> Command {
        let mut tool = Command::new(program(name));
        tool.arg("-h").arg(self.folder.path()).args(["-U", "vestibule"]);
        tool
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Kills it without a warning.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again after that.
    pub fn restart(&mut self) {
        self.process.kill();
        self.process = run(self.folder.path(), &[]);
    }
}

/// One for all tests of a program: each takes a database of its own.
pub fn shared() -> &'static Postgres {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(|| {
        // It ends with the thread that started it, and a test's thread ends with the test.
        let (send, receive) = std::sync::mpsc::channel();
        thread::spawn(move || {
            _ = send.send(Postgres::with(&["fsync=off"]));
            loop {
                thread::park();
            }
        });
        receive.recv().expect("PostgreSQL starts")
    })
}

fn run(folder: &Path, settings: &[&str]) -> Process {
    let mut command = Command::new(program("postgres"));
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-c", "listen_addresses="]);
    command.args(["-c", "max_connections=300"]).current_dir("/");
    settings.iter().for_each(|setting| _ = command.args(["-c", setting]));
    let mut process = Process::start_as(nobody(), &command, &folder.join("postgres.log"));
    let mut ready = Command::new(program("pg_isready"));
    ready.arg("-q").arg("-h").arg(folder);
    process.ready(|| ready.status().is_ok_and(|status| status.success()));
    process
}

fn nobody() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some(NOBODY)
}

fn as_nobody(program: &Path) -> Command {
    let Some(user) = nobody() else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--clear-groups", "--"]).arg(program);
    command
}

/// A program of the newest PostgreSQL; Debian keeps them out of the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|program| program.exists());
    found.sort();
    let in_path = || {
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).map(|folder| folder.join(name)).find(|p| p.exists())
    };
    found.pop().or_else(in_path).unwrap_or_else(|| panic!("there is no {name}: apt-get install postgresql"))
}
