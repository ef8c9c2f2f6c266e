//! Sessions that the operator ends one by one, with the command that `vestibule session revoke` sends. The program
//! itself is not started for each: that would disturb more than what it asks for.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::seed;
use crate::walker::stopwatch;

use super::disturbance::Achieved;
use super::scene::Scene;

/// How many there must be in all rounds together.
const AT_LEAST: usize = 10_000;

/// Revokes until it is stopped and has done its share; each is on the disk before the next is asked for.
pub(super) fn revoke(scene: &Scene<'_>, stop: &AtomicBool) -> anyhow::Result<Achieved> {
    let (begin, control) = (stopwatch(), scene.place.control());
    let share = AT_LEAST.div_ceil(scene.bench.options.rounds) as f64;
    let mut count = 0.0;
    while !stop.load(Ordering::Relaxed) || count < share {
        let number = scene.revoked.fetch_add(1, Ordering::Relaxed);
        ensure!(scene.cast.to_be_revoked.contains(&number), "there are no more sessions to be revoked");
        revoke_session(&control, number)?;
        count += 1.0;
    }
    Ok(Achieved { count, seconds: begin.elapsed().as_secs_f64(), statuses: Default::default() })
}

/// Revokes the seeded session with this number. When this returns, the very next resolve knows.
pub(super) fn revoke_session(control: &Path, number: usize) -> anyhow::Result<()> {
    let reply = ask_to_revoke(control, number)?;
    ensure!(reply.contains(REVOKED), "a session was not revoked but: {reply}");
    Ok(())
}

/// What the reply to a revocation that is done has in it.
pub(crate) const REVOKED: &str = "\"ended\":1";

/// Asks for that, and returns the reply.
pub(crate) fn ask_to_revoke(control: &Path, number: usize) -> anyhow::Result<String> {
    let mut stream = UnixStream::connect(control).context("connecting to the control socket")?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let line = format!("{{\"revoke_sessions\":{{\"session\":\"{}\"}}}}\n", seed::session_id(number));
    stream.write_all(line.as_bytes())?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply)
}
