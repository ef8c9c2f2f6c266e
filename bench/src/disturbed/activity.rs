//! Sessions that are used for the first time in more than a minute, so that each use is due for writing.
//!
//! 5,000 a second is what 300,000 people cause who all click once a minute or more often.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::bail;
use sqlx::{Connection as _, Row as _};

use crate::pace::{Load, Question};
use crate::seed;
use crate::walker::stopwatch;

use super::disturbance::Achieved;
use super::scene::Scene;

/// Sessions a second.
const RATE: usize = 5_000;
/// One connection can carry twice that; four leave room for moments.
const CONNECTIONS: usize = 4;

/// How many sessions a round of so many seconds uses, with what runs before it is measured.
pub(super) const fn sessions(seconds: u64) -> usize {
    RATE * (seconds as usize + 1)
}

/// Uses each session of this round once, and waits until all of it is written.
pub(super) fn use_due_sessions(scene: &Scene<'_>, round: usize, stop: &AtomicBool) -> anyhow::Result<Achieved> {
    let (numbers, secrets) = &scene.cast.active[round];
    let (begin, since) = (stopwatch(), seed::now_in_millis()?);
    let socket = scene.place.resolver();
    let question = Question::Resolve { secrets, live: true };
    let load = Load { socket: &socket, question, rate: Some(RATE as f64), connections: CONNECTIONS };
    let all = Duration::from_secs_f64(secrets.len() as f64 / RATE as f64);
    let used = load.drive(all, stop)?.answers();
    for _ in 0..100 {
        let written = scene.bench.runtime.block_on(written(scene, numbers, since))?;
        if written >= used {
            let seconds = begin.elapsed().as_secs_f64();
            return Ok(Achieved { count: written as f64, seconds, statuses: Default::default() });
        }
        thread::sleep(Duration::from_millis(100));
    }
    bail!("activity of {used} sessions is not written after ten seconds")
}

/// How many of these sessions were last used since then, as far as the store knows.
async fn written(scene: &Scene<'_>, numbers: &std::ops::Range<usize>, since: i64) -> anyhow::Result<u64> {
    let mut sql = seed::connect(&scene.place.database()).await?;
    let query = sqlx::query("SELECT count(*) FROM sessions WHERE id >= $1 AND id < $2 AND last_seen_at >= $3");
    let query = query.bind(seed::session_id(numbers.start)).bind(seed::session_id(numbers.end)).bind(since);
    let count: i64 = query.fetch_one(&mut sql).await?.try_get(0)?;
    sql.close().await?;
    Ok(u64::try_from(count)?)
}
