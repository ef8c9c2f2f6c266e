//! What the feed costs a node that does nothing but follow it, by how much is changed elsewhere.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use sqlx::Connection as _;

use crate::report::Report;
use crate::seed::{now_in_millis, session_id};
use crate::walker::stopwatch;

use super::postgres::NODES;
use super::scene::Scene;
use super::traffic::ended;

/// As many as a node hears at once.
const OPERATORS: usize = 16;
/// Changes a second of a company whose proxies' nodes these are.
const RATE: f64 = 1_000.0;
/// A change as a node writes it into the feed, and nothing else of it: how fast the disk is plays no part.
const CHANGE: &str = "WITH head AS (UPDATE feed_head SET number = number + 1 WHERE one = 1 RETURNING number), entry AS \
                      (INSERT INTO feed (number, node, said, committed_at) SELECT number, 'bench', $1, $2 FROM head) \
                      SELECT pg_notify('vestibule', '')";

/// Measures it idle, at the rate, and with as many revocations as one node and all three can do.
pub(super) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    let time = Duration::from_secs(10);
    report.heading("what the feed costs: processor time of node 3, which serves nobody, a second".to_owned());
    let line = |what: &str, seen: &Seen| {
        format!(
            "{what:<44} {:>6.0} changes a second   {:>5.2} % of a processor, {:>6.1} us a change   PostgreSQL {:>5.1} %",
            seen.rate,
            seen.follower * 100.0,
            if seen.rate > 0.0 { seen.follower * 1e6 / seen.rate } else { 0.0 },
            seen.database * 100.0
        )
    };
    let idle = beside(scene, || {
        thread::sleep(time);
        Ok(0)
    })?;
    report.line(line("nothing is changed", &idle));
    let written = beside(scene, || written(scene, time))?;
    report.line(line("entries as another node writes them", &written));
    for nodes in [1, 2] {
        let revoked = beside(scene, || revoked(scene, nodes, time))?;
        let what = format!("revocations by {OPERATORS} operators on each of {nodes}");
        report.line(line(&what, &revoked));
    }
    report.bar(
        written.rate >= RATE * 0.98,
        format!(
            "a follower at {:.0} changes a second: {:.2} % of a processor (bar: it keeps up with 1000)",
            written.rate,
            written.follower * 100.0
        ),
    );
    Ok(())
}

struct Seen {
    rate: f64,
    /// Processors that the follower used.
    follower: f64,
    /// Those that the database used.
    database: f64,
}

/// What is used while something makes changes; until the follower has obeyed the last of them.
fn beside(scene: &Scene<'_>, changes: impl FnOnce() -> anyhow::Result<u64>) -> anyhow::Result<Seen> {
    let node = &scene.nodes[scene.nodes.len() - 1];
    let used = || anyhow::Ok((node.server.processor_time()?, scene.postgres.process()?.processor_time()?));
    let (before, begin) = (used()?, stopwatch());
    let count = changes()?;
    thread::sleep(Duration::from_millis(20));
    let (after, seconds) = (used()?, begin.elapsed().as_secs_f64());
    let share = |before: f64, after: f64| (after - before) / 1e9 / seconds;
    Ok(Seen { rate: count as f64 / seconds, follower: share(before.0, after.0), database: share(before.1, after.1) })
}

/// Entries at the rate, a transaction each, which does not wait for the disk.
fn written(scene: &Scene<'_>, time: Duration) -> anyhow::Result<u64> {
    scene.bench.runtime.block_on(async {
        let mut sql = scene.postgres.connect(NODES).await?;
        sqlx::query("SET synchronous_commit TO off").execute(&mut sql).await?;
        let begin = stopwatch();
        let mut count = 0_u64;
        while begin.elapsed() < time {
            if count as f64 >= begin.elapsed().as_secs_f64() * RATE {
                tokio::time::sleep(Duration::from_millis(1)).await;
                continue;
            }
            let said = format!("session:{}", session_id(count as usize));
            sqlx::query(CHANGE).bind(said).bind(now_in_millis()?).execute(&mut sql).await?;
            count += 1;
        }
        sql.close().await?;
        Ok(count)
    })
}

/// As many revocations as some operators can ask for, each waiting for the one before.
fn revoked(scene: &Scene<'_>, nodes: usize, time: Duration) -> anyhow::Result<u64> {
    let (stop, count) = (&AtomicBool::new(false), &AtomicU64::new(0));
    thread::scope(|scope| {
        let one = |node: usize| {
            while !stop.load(Ordering::Relaxed) {
                count.fetch_add(u64::from(scene.nodes[node].revoke(scene.take()?)?), Ordering::Relaxed);
            }
            Ok(())
        };
        let all: Vec<_> = (0..nodes * OPERATORS).map(|number| scope.spawn(move || one(number % nodes))).collect();
        thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
        all.into_iter().try_for_each(ended)?;
        Ok(count.load(Ordering::Relaxed))
    })
}
