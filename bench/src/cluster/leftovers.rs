//! What the chapter leaves in the system while it runs: network devices, folders, programs, a setting. It is taken away at
//! the end, when something fails, and when somebody presses Ctrl-C.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

/// Something to be taken away.
#[derive(Debug)]
pub(super) enum Leftover {
    /// A network namespace, with the devices in it.
    Namespace(String),
    /// A network device.
    Device(String),
    /// A folder.
    Folder(PathBuf),
    /// A setting of the kernel that was another one.
    Setting { path: PathBuf, was: String },
}

static LEFT: Mutex<Vec<Leftover>> = Mutex::new(Vec::new());

fn left() -> MutexGuard<'static, Vec<Leftover>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that there is something, before it is made.
pub(super) fn note(leftover: Leftover) {
    left().push(leftover);
}

/// Takes everything away when this is dropped, the newest first. Whoever keeps it drops its programs before.
#[derive(Debug)]
pub(super) struct Leftovers(());

impl Leftovers {
    /// From now on, a signal that would end this program ends first what it has started, and takes away the rest.
    pub(super) fn watch() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let enter = runtime.enter();
        let mut interrupted = signal(SignalKind::interrupt()).context("waiting for signals")?;
        let mut ended = signal(SignalKind::terminate())?;
        drop(enter);
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = ended.recv() => {}
                }
            });
            eprintln!("vestibule-bench: stopped; taking down what was made");
            end_children();
            take_away();
            std::process::exit(130);
        });
        Ok(Self(()))
    }
}

impl Drop for Leftovers {
    fn drop(&mut self) {
        take_away();
    }
}

/// The lock is held all the while: this program does not end before it is done.
fn take_away() {
    let mut left = left();
    while let Some(leftover) = left.pop() {
        match leftover {
            Leftover::Namespace(name) => ip(&["netns", "del", &name]),
            Leftover::Device(name) => ip(&["link", "del", &name]),
            Leftover::Folder(path) => _ = fs::remove_dir_all(path),
            Leftover::Setting { path, was } => _ = fs::write(path, was),
        }
    }
}

/// What is not there any more needs no taking away.
fn ip(args: &[&str]) {
    let _ = Command::new("ip").args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Asks every program that this one has started to end, and after two seconds does not ask.
fn end_children() {
    // PostgreSQL's quick end is by the signal of Ctrl-C, and Vestibule takes either.
    for asked in [Signal::INT, Signal::KILL] {
        let children = children();
        children.iter().for_each(|pid| _ = kill_process(*pid, asked));
        for _ in 0..40 {
            if children.iter().all(|pid| is_over(*pid)) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn children() -> Vec<Pid> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let texts = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    texts
        .flat_map(|text| text.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect::<Vec<_>>())
        .collect()
}

/// Gone, or waiting for this program to ask how it ended.
fn is_over(pid: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    status.map_or(true, |text| text.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}
