//! Backups with the command that an operator types, one behind the other.

use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::ensure;

use crate::walker::stopwatch;

use super::disturbance::Achieved;
use super::scene::Scene;

/// Writes backups until it is stopped. The last one is written to its end.
pub(super) fn write(scene: &Scene<'_>, stop: &AtomicBool) -> anyhow::Result<Achieved> {
    let (begin, file) = (stopwatch(), scene.place.file("backup.db"));
    let mut count = 0.0;
    while !stop.load(Ordering::Relaxed) {
        let mut command = scene.place.command(scene.bench.options);
        command.arg("backup").arg(&file).stdout(Stdio::null());
        ensure!(command.status()?.success(), "`vestibule backup` failed");
        fs::remove_file(&file)?;
        count += 1.0;
    }
    Ok(Achieved { count, seconds: begin.elapsed().as_secs_f64(), statuses: Default::default() })
}
