//! A real PostgreSQL in a folder of its own, run by somebody without rights, gone with the test program.

use std::env;
use std::fs::{self, Permissions};
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::process::{self, Process};
use crate::wait;

/// A running PostgreSQL. It listens on a unix socket alone.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    process: Process,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
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
        Self::in_folder(folder(), &[], settings)
    }

    /// In a folder that everybody may write to, with arguments for initdb.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn in_folder(folder: TempDir, arguments: &[&str], settings: &[&str]) -> Self {
        initialise(folder.path(), arguments);
        let process = run(folder.path(), settings, None);
        Self { folder, process }
    }

    /// In a network namespace, where it listens on this address, too. Its unix socket is everybody's.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn within(namespace: &str, address: Ipv4Addr) -> Self {
        let folder = folder();
        initialise(folder.path(), &[]);
        let hosts = folder.path().join("data/pg_hba.conf");
        let mut rules = fs::read_to_string(&hosts).expect("initdb writes it");
        rules.push_str(&format!("host all all {address}/24 trust\n"));
        fs::write(&hosts, rules).expect("our own folder");
        let process = run(folder.path(), &[&format!("listen_addresses={address}")], Some(namespace));
        Self { folder, process }
    }

    /// A standby that follows this one. Once it does, every commit waits until it is on the standby's disk, too.
    ///
    /// # Panics
    /// When it does not follow.
    pub fn standby(&self) -> Self {
        let folder = folder();
        let mut copy = as_nobody(&program("pg_basebackup"));
        copy.arg("-D").arg(folder.path().join("data")).arg("-h").arg(self.folder.path()).args(["-U", "vestibule"]);
        process::run(copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"]).current_dir("/"), "").expect_code(0);
        let process = run(folder.path(), &[], None);
        for setting in ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"] {
            self.sql("postgres", setting).expect_code(0);
        }
        wait::until("the standby follows", || {
            let state = self.sql("postgres", "SELECT sync_state FROM pg_stat_replication");
            (state.out.trim() == "sync").then_some(())
        });
        Self { folder, process }
    }

    /// Makes a standby the one that counts.
    ///
    /// # Panics
    /// When it cannot.
    pub fn promote(&self) {
        assert_eq!(self.sql("postgres", "SELECT pg_promote()").expect_code(0).line(), "t");
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

    /// The unix socket on which it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    /// Runs a statement as its superuser.
    pub fn sql(&self, database: &str, statement: &str) -> process::Said {
        let mut psql = Command::new(program("psql"));
        psql.arg("-h").arg(self.folder.path()).args(["-U", "vestibule", "-d", database, "-At", "-c", statement]);
        process::run(&mut psql, "")
    }

    /// Everything in a database, as `pg_dump` writes it.
    ///
    /// # Panics
    /// When it fails.
    pub fn dump(&self, database: &str) -> String {
        let mut dump = Command::new(program("pg_dump"));
        dump.arg("-h").arg(self.folder.path()).args(["-U", "vestibule", "-d", database]);
        process::run(&mut dump, "").expect_code(0).out
    }

    /// Puts that into a new database, and says where it is.
    ///
    /// # Panics
    /// When it fails.
    pub fn restored(&self, dump: &str, database: &str) -> String {
        let url = self.url(database);
        let mut psql = Command::new(program("psql"));
        psql.arg("-h").arg(self.folder.path()).args(["-U", "vestibule", "-d", database, "-q", "-v", "ON_ERROR_STOP=1"]);
        process::run(&mut psql, dump).expect_code(0);
        url
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Kills it without a warning, with all that it has started.
    pub fn kill(&mut self) {
        let id = self.process.id();
        // Each has a process group of its own.
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        self.process.kill();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()).filter_map(Pid::from_raw) {
            _ = kill_process(child, Signal::KILL);
        }
    }

    /// Starts it again after that.
    pub fn restart(&mut self) {
        self.kill();
        self.process = run(self.folder.path(), &[], None);
    }
}

/// Whether this run of the tests keeps the truth in PostgreSQL.
pub fn is_the_store() -> bool {
    env::var_os("VESTIBULE_TEST_STORE").is_some_and(|store| store == "postgres")
}

/// One for all tests of a program: each takes a database of its own.
pub fn shared() -> &'static Postgres {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(|| {
        // It ends with the thread that started it, and a test's thread ends with the test.
        let (send, receive) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let postgres = Postgres::with(&["fsync=off", "max_wal_size=256MB"]);
            let broom = sweep_up_after_us(postgres.folder.path());
            _ = send.send(postgres);
            let _until_the_end = broom;
            loop {
                thread::park();
            }
        });
        receive.recv().expect("PostgreSQL starts")
    })
}

/// Has a folder deleted when this program ends in whatever way: what is shared is never dropped. Its input is a pipe from
/// here, which ends when we do, and so does it, a moment later.
fn sweep_up_after_us(folder: &Path) -> Child {
    let mut sweep = Command::new("sh");
    sweep.args(["-c", "cat > /dev/null; sleep 1; rm -rf \"$1\"", "sh"]).arg(folder).process_group(0);
    let quiet = sweep.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().expect("there is a shell")
}

/// A folder that everybody may write to.
///
/// # Panics
/// When it cannot be made.
pub fn folder() -> TempDir {
    folder_in(&env::temp_dir())
}

/// The same in another folder.
///
/// # Panics
/// When it cannot be made.
pub fn folder_in(parent: &Path) -> TempDir {
    let folder = tempfile::Builder::new().prefix("vestibule-postgres-").tempdir_in(parent);
    let folder = folder.expect("a folder can be made");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).expect("our own folder");
    folder
}

fn initialise(folder: &Path, arguments: &[&str]) {
    let mut init = as_nobody(&program("initdb"));
    init.arg("-D").arg(folder.join("data")).args(["-U", "vestibule", "--auth=trust", "--no-sync"]);
    init.args(["--encoding=UTF8", "--locale=C.UTF-8"]).args(arguments).current_dir("/");
    let made = process::run(&mut init, "");
    assert_eq!(made.code, 0, "{}{}", made.out, made.err);
}

/// In a network namespace, or in the tests' own.
fn run(folder: &Path, settings: &[&str], namespace: Option<&str>) -> Process {
    let mut command = Command::new(program("postgres"));
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-c", "listen_addresses="]);
    command.args(["-c", "max_connections=300"]).current_dir("/");
    settings.iter().for_each(|setting| _ = command.args(["-c", setting]));
    let log = folder.join("postgres.log");
    let mut process = match namespace {
        None => Process::start_as(nobody(), &command, &log),
        Some(namespace) => {
            let mut within = Command::new("ip");
            within.args(["netns", "exec", namespace, "setpriv", "--pdeathsig", "KILL"]);
            nobody().into_iter().for_each(|user| _ = within.args(["--reuid", user, "--clear-groups"]));
            within.arg("--").arg(command.get_program()).args(command.get_args()).current_dir("/");
            Process::start(&within, &log)
        }
    };
    let mut ready = Command::new(program("pg_isready"));
    ready.arg("-q").arg("-h").arg(folder);
    process.ready(|| ready.status().is_ok_and(|status| status.success()));
    process
}

/// Whom a program should run as that refuses root.
pub(crate) fn nobody() -> Option<&'static str> {
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
