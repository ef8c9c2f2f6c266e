//! The kernel's autogroups, which give each login session, and each of PostgreSQL's processes, a share of the processors
//! of its own. Where nodes and their clients fill the machine, Linux 6.18 was seen to leave everybody outside of their
//! group waiting for one or two seconds, the kernel's own threads among them: what is measured then is that. So they are
//! off while this measures, where that is allowed.

use std::fs;
use std::path::PathBuf;

use super::leftovers::{Leftover, note};

const SETTING: &str = "/proc/sys/kernel/sched_autogroup_enabled";

/// Turns them off until the end. Says how it is now, for the report.
pub(super) fn off() -> &'static str {
    let on = match fs::read_to_string(SETTING) {
        Ok(text) if text.trim() != "0" => text,
        Ok(_) | Err(_) => return "no autogroups",
    };
    note(Leftover::Setting { path: PathBuf::from(SETTING), was: on });
    if fs::write(SETTING, "0").is_ok() {
        "the kernel's autogroups turned off meanwhile"
    } else {
        "with the kernel's autogroups, which this user may not turn off: some delays are theirs"
    }
}
