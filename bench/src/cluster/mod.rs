//! Three nodes on one PostgreSQL: how soon what one node revokes is refused by the others, what nodes add, what the
//! database is asked, what the feed costs, and everybody signed out at once.
//!
//! All of it on one machine: the nodes, the database and the clients share its processors.

mod autogroup;
mod feed;
mod leftovers;
mod load;
mod mass;
mod network;
mod postgres;
mod revocation;
mod scene;
mod seed;
mod statements;
mod traffic;

use std::thread;
use std::time::Duration;

use crate::Bench;
use crate::process::{go_first, go_with_the_others};
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};

use revocation::Delays;
use scene::Scene;
use traffic::Rates;

/// The longest that one in a hundred revocations may take to be refused elsewhere, in milliseconds.
const BAR: f64 = 100.0;
/// Revocations that are timed while nothing else happens, and beside the load.
const IDLE: usize = 300;
const LOADED: usize = 800;
/// A second beside the load; the others are not timed.
const TIMED: f64 = 40.0;
/// A second, all together.
const REVOCATIONS: f64 = 200.0;
const LOG_INS: f64 = 50.0;

/// Measures all of it.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let scene = Scene::set(bench)?;
    report.heading(format!(
        "a cluster: {} nodes on one PostgreSQL (fsync on, its defaults), on this one machine; {}; {}",
        scene.nodes.len(),
        scene.network.description(),
        autogroup::off()
    ));
    let measured = all(&scene, report);
    if measured.is_err() {
        // What was measured before is worth something.
        eprintln!("{report}");
    }
    measured
}

fn all(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("resolves at one, two and three nodes");
    rates(scene, report)?;
    delays(scene, report)?;
    eprintln!("statements");
    load::measure(scene, report)?;
    eprintln!("the feed");
    feed::measure(scene, report)?;
    eprintln!("everybody is signed out");
    mass::measure(scene, report)
}

/// Resolves at one, two and three nodes.
fn rates(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    let nodes = scene.nodes.len();
    let (mut sums, mut spent) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    traffic::most(scene, nodes, Duration::from_secs(1))?;
    for round in 0..scene.bench.options.rounds {
        for turn in 0..nodes {
            let count = (round + turn) % nodes;
            let used = || scene.nodes.iter().map(|node| node.server.processor_time()).sum::<anyhow::Result<f64>>();
            let before = used()?;
            let sum: f64 = traffic::most(scene, count + 1, scene.time())?.iter().sum();
            spent[count].push((used()? - before) / sum / scene.time().as_secs_f64());
            sums[count].push(sum);
        }
    }
    report.heading("resolves a second, 32 connections at each node's own socket, all nodes together".to_owned());
    for (count, (sums_of, spent_of)) in sums.iter().zip(&spent).enumerate() {
        report.line(format!(
            "{} nodes: {:<28.0} {:.2} of one; {:.2} us of the nodes' processor time each",
            count + 1,
            Quantity::new(sums_of.clone()),
            Quantity::ratio(sums_of, &sums[0]),
            microseconds(spent_of)
        ));
    }
    report.line(
        "(the clients and the nodes share the processors: with as many nodes as processors they are full)".to_owned(),
    );
    Ok(())
}

/// Revocations, alone and beside the load.
fn delays(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    report.heading("from the acknowledgement of a revocation by one node to the first refusal, ms".to_owned());
    report.line(format!("{:<22}{:<38}by the last of them", "", "by each of the other nodes"));
    let names = format!("{:>8} {:>8} {:>8} {:>8}", "p50", "p99", "p99.9", "longest");
    report.line(format!("{:<12} {:>6}   {names}   {names}", "", "count"));
    eprintln!("{IDLE} revocations, idle");
    let is_first = go_first();
    let (mut idle, mut loaded) = (Delays::new(), Delays::new());
    revocation::time(scene, IDLE, Duration::from_millis(20), &mut idle)?;
    go_with_the_others()?;
    eprintln!("{LOADED} revocations beside the load");
    let rates = Rates { resolves: None, log_ins: LOG_INS, revocations: REVOCATIONS };
    let ((), most) = traffic::beside(scene, rates, || {
        thread::sleep(Duration::from_secs(5));
        Ok(())
    })?;
    let half = most.resolves() / 2.0;
    let rates = Rates { resolves: Some(half), log_ins: LOG_INS, revocations: REVOCATIONS - TIMED };
    let (_, achieved) = traffic::beside(scene, rates, || {
        go_first();
        let timed = revocation::time(scene, LOADED, Duration::from_secs_f64(1.0 / TIMED), &mut loaded);
        go_with_the_others()?;
        timed
    })?;
    thread::sleep(Duration::from_secs(1));
    report.line(idle.line("idle"));
    report.line(loaded.line("under load"));
    report.line(format!(
        "the load: {half:.0} resolves a second on every node, half of what all three answer at once beside {LOG_INS:.0} \
         log-ins and {REVOCATIONS:.0} revocations a second; {TIMED:.0} of these are timed"
    ));
    report.line(achieved.line());
    report.line(format!(
        "whoever asks for the refusal pauses for 0.2 ms between answers{}",
        if is_first { ", and has the highest priority" } else { "" }
    ));
    for (when, delays) in [("idle", &idle), ("under load", &loaded)] {
        let p99 = delays.each.within(0.99);
        report.bar(
            p99 < BAR,
            format!("p99 to the first refusal by another node, {when}: {p99:.2} ms (bar: under {BAR:.0})"),
        );
    }
    Ok(())
}
