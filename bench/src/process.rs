//! A program that runs for the bench: its processor time and memory as the kernel counts them, and its end.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_setaffinity};

/// A started program. It ends, with the processes that it has started, when this is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program; what it says goes to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let out = fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
        let errors = out.try_clone()?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(errors).spawn();
        Ok(Self(child.with_context(|| format!("starting {}", command.get_program().display()))?))
    }

    /// Starts a program and waits, for ten seconds at most, until it is there: listens, for example.
    pub(crate) fn start_until(command: &mut Command, log: &Path, is_there: impl Fn() -> bool) -> anyhow::Result<Self> {
        let mut process = Self::start(command, log)?;
        for _ in 0..1_000 {
            if is_there() {
                return Ok(process);
            }
            if !process.runs() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let program = command.get_program().display();
        bail!("{program} does not start; it says:\n{}", fs::read_to_string(log).unwrap_or_default())
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// The processor time of its threads and those of its children, in nanoseconds.
    pub(crate) fn processor_time(&self) -> anyhow::Result<f64> {
        let mut sum = 0.0;
        for pid in self.family()? {
            // A child may end meanwhile: PostgreSQL's come and go.
            let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
            for thread in threads.flatten() {
                let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
                sum += text.split(' ').next().and_then(|n| n.parse::<f64>().ok()).context("reading schedstat")?;
            }
        }
        Ok(sum)
    }

    /// Its resident memory, in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("reading VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    }

    /// Has it, its threads and its children run on these cores only.
    pub(crate) fn run_on(&self, cores: &CpuSet) -> anyhow::Result<()> {
        for pid in self.family()? {
            for thread in fs::read_dir(format!("/proc/{pid}/task"))?.flatten() {
                let number = thread.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
                sched_setaffinity(Some(number.context("reading task")?), cores).context("choosing its cores")?;
            }
        }
        Ok(())
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Asks it to end as Ctrl-C does, and waits until it has.
    pub(crate) fn interrupt(mut self) -> anyhow::Result<()> {
        self.signal(Signal::INT);
        self.0.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn end(mut self) -> anyhow::Result<()> {
        self.signal(Signal::TERM);
        self.0.wait()?;
        Ok(())
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // An error means that it has ended already.
            let _ = kill_process(pid, signal);
        }
    }

    /// It and its children: nginx's worker is one.
    fn family(&self) -> anyhow::Result<Vec<u32>> {
        let own = self.0.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).context("reading children")?;
        Ok(std::iter::once(own).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect())
    }
}

/// Lets every other thread go first, from now on, on this thread. For clients that would be on other machines: what
/// they cost here must not be taken for what the server does to those that are measured. The kernel's idle policy and
/// not only the least priority, which would let a client finish its turn before a server that has just been woken.
pub(crate) fn give_way() -> anyhow::Result<()> {
    let thread = rustix::thread::gettid().as_raw_nonzero().to_string();
    let status = Command::new("chrt").args(["--idle", "--pid", "0", &thread]).status();
    ensure!(status.context("starting chrt (Debian's package util-linux)")?.success(), "chrt failed");
    Ok(())
}

/// Lets this thread go before every other one, and those that it starts until they give way; says whether the system
/// allows it. For a client that measures: it stands for one on another machine, which nothing here would keep waiting.
pub(crate) fn go_first() -> bool {
    rustix::process::setpriority_process(None, -20).is_ok()
}

/// Takes that back.
pub(crate) fn go_with_the_others() -> anyhow::Result<()> {
    rustix::process::setpriority_process(None, 0).context("setting a thread's priority")
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.runs() {
            // nginx's worker outlives a master that is killed, so it is asked.
            self.signal(Signal::TERM);
            for _ in 0..100 {
                if !self.runs() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
