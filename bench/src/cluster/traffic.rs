//! What goes on beside: resolves on every node, log-ins and revocations, each at a rate of its own.
//!
//! The clients share the machine with the nodes and the database, so they give way to them: on another machine they would
//! not take their processors.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::pace::{Load, Outcome, Question};
use crate::process::give_way;
use crate::walker::stopwatch;

use super::scene::{Node, Scene};

/// Connections of the resolves of a node.
const CONNECTIONS: usize = 32;
/// For what is stopped long before.
const LONGEST: Duration = Duration::from_secs(600);
/// Those who revoke on a node, each one at a time.
const OPERATORS: usize = 4;

/// As many resolves as can be, on so many nodes at once: how often each has answered yes a second.
pub(super) fn most(scene: &Scene<'_>, nodes: usize, time: Duration) -> anyhow::Result<Vec<f64>> {
    let stop = &AtomicBool::new(false);
    thread::scope(|scope| {
        let loads: Vec<_> = scene.nodes[..nodes]
            .iter()
            .map(|node| scope.spawn(move || resolves(scene, node, None, time, stop)))
            .collect();
        loads.into_iter().map(|load| ended(load).map(|load| yes(&load) / load.seconds)).collect()
    })
}

/// What is asked for, all nodes together but for the resolves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    /// Resolves a second on each node; `None` for as many as can be.
    pub(super) resolves: Option<f64>,
    /// Log-ins a second.
    pub(super) log_ins: f64,
    /// Revocations a second.
    pub(super) revocations: f64,
}

/// What has come of it.
pub(super) struct Achieved {
    resolves: Vec<Outcome>,
    log_ins: Vec<Outcome>,
    revocations: f64,
    seconds: f64,
}

/// Has it go on while something is done.
pub(super) fn beside<T>(
    scene: &Scene<'_>,
    rates: Rates,
    something: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, Achieved)> {
    let (stop, revoked) = (&AtomicBool::new(false), &AtomicU64::new(0));
    let begin = stopwatch();
    thread::scope(|scope| {
        let each = scene.nodes.len() as f64;
        let all = |what: fn(&Scene<'_>, &Node, Option<f64>, Duration, &AtomicBool) -> anyhow::Result<Outcome>, rate| {
            let start = |node| scope.spawn(move || what(scene, node, rate, LONGEST, stop));
            scene.nodes.iter().map(start).collect::<Vec<_>>()
        };
        let resolves = all(resolves, rates.resolves);
        let log_ins = all(log_ins, Some(rates.log_ins / each));
        let revokers: Vec<_> = scene
            .nodes
            .iter()
            .flat_map(|node| operators(scope, scene, node, rates.revocations / each, stop, revoked))
            .collect();
        // Until it has become what it will be.
        thread::sleep(Duration::from_secs(1));
        let done = something();
        stop.store(true, Ordering::Relaxed);
        let seconds = begin.elapsed().as_secs_f64();
        revokers.into_iter().try_for_each(ended)?;
        let achieved = Achieved {
            resolves: resolves.into_iter().map(ended).collect::<anyhow::Result<_>>()?,
            log_ins: log_ins.into_iter().map(ended).collect::<anyhow::Result<_>>()?,
            revocations: revoked.load(Ordering::Relaxed) as f64,
            seconds,
        };
        Ok((done?, achieved))
    })
}

impl Achieved {
    /// Resolves a second of each node.
    pub(super) fn resolves(&self) -> f64 {
        self.resolves.iter().map(yes).sum::<f64>() / self.seconds / self.resolves.len() as f64
    }

    /// A line for the table.
    pub(super) fn line(&self) -> String {
        let resolves: f64 = self.resolves.iter().map(yes).sum();
        let busy: f64 = self.resolves.iter().map(|load| load.answers() as f64 - yes(load)).sum();
        let p99 = |loads: &[Outcome]| loads.iter().map(|load| load.latencies.within(0.99)).fold(0.0, f64::max);
        let right = |load: &Outcome| load.statuses.get(&303).copied().unwrap_or(0) as f64;
        let log_ins: f64 = self.log_ins.iter().map(right).sum();
        format!(
            "beside: {:.0} resolves a second (and {busy:.0} in all were answered 503; p99 {:.1} ms from when they were due, in the clients, which give way), \
             {:.1} log-ins (p99 {:.0} ms), {:.0} revocations",
            resolves / self.seconds,
            p99(&self.resolves),
            log_ins / self.seconds,
            p99(&self.log_ins),
            self.revocations / self.seconds
        )
    }
}

/// How many answers were yes.
fn yes(load: &Outcome) -> f64 {
    load.statuses.get(&200).copied().unwrap_or(0) as f64
}

fn resolves(
    scene: &Scene<'_>,
    node: &Node,
    rate: Option<f64>,
    time: Duration,
    stop: &AtomicBool,
) -> anyhow::Result<Outcome> {
    give_way()?;
    let question = Question::ResolveOrBusy(&scene.cast.hot);
    Load { socket: &node.place.resolver(), question, rate, connections: CONNECTIONS }.drive(time, stop)
}

/// Passwords that are right, each of another account and from another address.
pub(super) fn log_ins(
    scene: &Scene<'_>,
    node: &Node,
    rate: Option<f64>,
    time: Duration,
    stop: &AtomicBool,
) -> anyhow::Result<Outcome> {
    give_way()?;
    let question = Question::Page(&scene.cast.sign_ins);
    let outcome = Load { socket: &node.place.pages(), question, rate, connections: 16 }.drive(time, stop)?;
    ensure!(
        outcome.statuses.keys().all(|status| [303, 503].contains(status)),
        "log-ins were answered {:?}",
        outcome.statuses
    );
    Ok(outcome)
}

/// Some who revoke at a rate together, as long as they can keep it.
fn operators<'s>(
    scope: &'s Scope<'s, '_>,
    scene: &'s Scene<'_>,
    node: &'s Node,
    rate: f64,
    stop: &'s AtomicBool,
    revoked: &'s AtomicU64,
) -> Vec<ScopedJoinHandle<'s, anyhow::Result<()>>> {
    let every = Duration::from_secs_f64(OPERATORS as f64 / rate.max(0.001));
    let one = move |number: usize| {
        give_way()?;
        let begin = stopwatch();
        let mut due = every.mul_f64(number as f64 / OPERATORS as f64);
        while !stop.load(Ordering::Relaxed) {
            let wait = due.saturating_sub(begin.elapsed());
            if !wait.is_zero() {
                thread::sleep(wait.min(Duration::from_millis(20)));
                continue;
            }
            revoked.fetch_add(u64::from(node.revoke(scene.take()?)?), Ordering::Relaxed);
            due += every;
        }
        Ok(())
    };
    (0..OPERATORS).map(|number| scope.spawn(move || one(number))).collect()
}

/// What a client has come to.
pub(super) fn ended<T>(client: ScopedJoinHandle<'_, anyhow::Result<T>>) -> anyhow::Result<T> {
    client.join().ok().context("a client has panicked")?
}
