//! What the database is asked for a resolve, a log-in and a revocation.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use anyhow::ensure;

use crate::report::Report;

use super::scene::Scene;
use super::statements::Statements;
use super::traffic::{log_ins, most};

/// Operations that are counted.
const COUNTED: usize = 100;

/// Measures all three, and what is asked while nothing happens.
pub(super) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    report.heading("statements of the database, as it counts them, transactions' begin and end among them".to_owned());
    let nodes = scene.nodes.len() as f64;
    let seconds = 5.0;
    let idle = counted(scene, || {
        thread::sleep(Duration::from_secs_f64(seconds));
        Ok(())
    })?;
    report.line(format!("nothing happens: {:.1} a second and node", idle.total() / seconds / nodes));

    // Whatever is due of their activity is written before.
    most(scene, scene.nodes.len(), Duration::from_millis(500))?;
    thread::sleep(Duration::from_secs(3));
    let mut resolves = 0.0;
    let warm = counted(scene, || {
        let rates = most(scene, scene.nodes.len(), Duration::from_secs(3))?;
        resolves = rates.iter().sum::<f64>() * 3.0;
        Ok(())
    })?;
    report.line(format!(
        "{resolves:.0} resolves of warm sessions on {nodes} nodes: {:.0} besides those",
        warm.of_changes()
    ));
    warm.lines(1.0).into_iter().for_each(|line| report.line(line));
    report.bar(
        warm.of_changes() == 0.0,
        format!("statements for {resolves:.0} warm resolves: {:.0} (bar: none)", warm.of_changes()),
    );

    let node = &scene.nodes[0];
    let mut done = 0.0;
    let log_ins = counted(scene, || {
        let outcome = log_ins(scene, node, Some(20.0), Duration::from_secs(5), &AtomicBool::new(false))?;
        done = outcome.statuses.get(&303).copied().unwrap_or(0) as f64;
        Ok(())
    })?;
    say("a log-in", &log_ins, done, report);
    let revocations = counted(scene, || {
        for _ in 0..COUNTED {
            ensure!(node.revoke(scene.take()?)?, "a revocation was not acknowledged while nothing else happens");
            // So that what other nodes ask is asked for each.
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    })?;
    say("a revocation", &revocations, COUNTED as f64, report);
    let others = (revocations.of_the_feed() - idle.of_the_feed() / seconds * COUNTED as f64 * 0.022).max(0.0);
    report.line(format!(
        "and by which each node hears of it, more than when nothing happens: {:.1}",
        others / COUNTED as f64 / nodes
    ));
    Ok(())
}

fn say(what: &str, statements: &Statements, operations: f64, report: &mut Report) {
    report.line(format!("{what}: {:.2} of its own", statements.of_changes() / operations));
    statements.lines(operations).into_iter().for_each(|line| report.line(line));
}

/// What is asked while something is done, and until it has been heard of everywhere.
fn counted(scene: &Scene<'_>, something: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Statements> {
    Statements::reset(scene)?;
    something()?;
    thread::sleep(Duration::from_millis(200));
    Statements::read(scene)
}
