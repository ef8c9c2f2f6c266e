//! nginx on a core of its own, and all others on another: the kernel moves nobody, so the rounds differ less.
//!
//! What is bad about it: behind a door where nobody works, wrk's core falls asleep between two answers, and to wake a
//! core is dear, above all in a virtual machine. (c) became 3 to 20 % faster when something of the lowest priority kept
//! both cores awake. That explains a part of why it is slower here than in the first table, and not all.

use anyhow::Context as _;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::process::Process;

/// As long as it lives, the bench runs on one core, and so does every wrk that it starts.
pub(super) struct Pinned {
    before: CpuSet,
}

impl Pinned {
    /// Puts nginx on one core, and the bench and those that answer on another; `None` where there is only one.
    pub(super) fn new(front: &Process, others: &[&Process]) -> anyhow::Result<Option<Self>> {
        let before = sched_getaffinity(None).context("which cores there are")?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|core| before.is_set(*core)).map(only);
        let (Some(first), Some(second)) = (cores.next(), cores.next()) else { return Ok(None) };
        front.run_on(&first)?;
        for other in others {
            other.run_on(&second)?;
        }
        sched_setaffinity(None, &second)?;
        Ok(Some(Self { before }))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Err(error) = sched_setaffinity(None, &self.before) {
            eprintln!("what follows is measured on one core: {error}");
        }
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core);
    set
}
