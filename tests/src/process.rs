//! A child process that cannot outlive its test: it has a process group of its own, which is killed on drop, and the
//! kernel kills it when the thread that started it ends without a drop.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait;

/// A running program, with what it prints in a file.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
    name: String,
}

impl Process {
    /// Starts a program; standard output and error go to `log`, after what the file has already.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &Command, log: &Path) -> Self {
        Self::start_as(None, command, log)
    }

    /// The same as another user, which only root can.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start_as(user: Option<&str>, command: &Command, log: &Path) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let out = File::options().create(true).append(true).open(log).expect("the log file can be opened");
        let errors = out.try_clone().expect("a file can be opened twice");
        // setpriv (util-linux) asks the kernel for the signal; doing it ourselves between fork and exec needs unsafe.
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--pdeathsig", "KILL"]);
        user.into_iter().for_each(|user| _ = wrapped.args(["--reuid", user, "--clear-groups"]));
        wrapped.arg("--").arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(key, value),
                None => wrapped.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            wrapped.current_dir(folder);
        }
        let spawned = wrapped.process_group(0).stdin(Stdio::null()).stdout(out).stderr(errors).spawn();
        let child = spawned.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        Self { child, log: log.to_owned(), name }
    }

    /// Waits until `ready` says so.
    ///
    /// # Panics
    /// With the program's own words when it ends instead, or takes too long.
    pub fn ready(&mut self, mut ready: impl FnMut() -> bool) {
        let name = self.name.clone();
        let outcome = wait::until(&format!("{name} is ready; its log is {}", self.log.display()), || {
            if ready() {
                return Some(Ok(()));
            }
            self.child.try_wait().ok().flatten().map(Err)
        });
        if let Err(status) = outcome {
            panic!("{name} ended at once with {status}:\n{}", self.log());
        }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything printed so far.
    pub fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Sends a signal to the program and its children.
    pub fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            _ = kill_process_group(group, signal);
        }
    }

    /// Has the program stand still until [`Signal::CONT`], and returns when it does: a signal alone lets a thread that
    /// runs go on for a moment, long enough for an answer.
    ///
    /// # Panics
    /// When it does not stand still.
    pub fn stop(&self) {
        self.signal(Signal::STOP);
        let tasks = format!("/proc/{}/task", self.child.id());
        let stands = |task: fs::DirEntry| {
            let text = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
            text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
        };
        wait::until("every thread stands still", || {
            let mut threads = fs::read_dir(&tasks).ok()?;
            threads.all(|task| task.is_ok_and(stands)).then_some(())
        });
    }

    /// Waits for the end and says how it ended.
    ///
    /// # Panics
    /// When it does not end.
    pub fn ended(&mut self) -> ExitStatus {
        let name = self.name.clone();
        wait::until(&format!("{name} ends"), || self.child.try_wait().ok().flatten())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it the hard way, as a crash would.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a program that ran to its end said.
#[derive(Debug)]
pub struct Said {
    /// The exit code; 128 + N when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Checks the exit code.
    ///
    /// # Panics
    /// With both outputs when it is another.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Standard output without the last line end.
    pub fn line(&self) -> &str {
        self.out.trim_end_matches('\n')
    }
}

/// Runs a program to its end with the given standard input.
///
/// # Panics
/// When it cannot be started.
pub fn run(command: &mut Command, input: &str) -> Said {
    use std::io::Write as _;
    use std::os::unix::process::ExitStatusExt as _;

    let name = command.get_program().to_owned();
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap_or_else(|error| panic!("{} cannot be started: {error}", lossy(&name)));
    if let Some(mut stdin) = child.stdin.take() {
        _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().expect("the program's output can be read");
    Said {
        code: output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default()),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}
