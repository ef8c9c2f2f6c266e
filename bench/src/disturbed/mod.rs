//! The latency of live resolves at half of the rate that a proxy can ask for at most, undisturbed and while something else goes on.

mod activity;
mod backup;
mod cookies;
mod disturbance;
pub(crate) mod operator;
mod row;
mod scene;
pub(crate) mod sign_ins;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::Bench;
use crate::pace::Outcome;
use crate::process::{give_way, go_first, go_with_the_others};
use crate::quantity::Quantity;
use crate::report::Report;

use disturbance::{Achieved, Disturbance, EACH};
use row::Row;
use scene::Scene;

/// Measures every disturbance, in turns with the undisturbed.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = bench.options;
    let scene = Scene::set(bench)?;
    let first = go_first();
    let maximum = scene.maximum(options.rounds)?;
    let stage = Stage { scene: &scene, rate: maximum.median() / 2.0, time: Duration::from_secs(options.seconds) };
    eprintln!("disturbing {:.0} resolves a second, in {} rounds", stage.rate, options.rounds);
    let mut undisturbed = Row::default();
    let mut rows = EACH.map(|_| Row::default());
    for round in 0..options.rounds {
        let mut before = stage.alone()?;
        undisturbed.add(&before, None);
        for (disturbance, row) in EACH.iter().zip(&mut rows) {
            let with = stage.with(*disturbance, round).with_context(|| format!("while {}", disturbance.what()))?;
            let after = stage.alone()?;
            row.add(&with, Some((&before, &after)));
            undisturbed.add(&after, None);
            before = after;
        }
    }
    go_with_the_others()?;
    say(&maximum, &undisturbed, &rows, report);
    report.line(whose_turn(first).to_owned());
    scene.end()
}

/// The live load.
struct Stage<'s> {
    scene: &'s Scene<'s>,
    rate: f64,
    time: Duration,
}

/// What one measurement has shown.
struct Measured {
    live: Outcome,
    /// Processor time of the server, in processors.
    processors: f64,
    achieved: Option<Achieved>,
}

impl Stage<'_> {
    /// Without a disturbance.
    fn alone(&self) -> anyhow::Result<Measured> {
        // What the kernel still has to do for the neighbour is the neighbour's.
        thread::sleep(Duration::from_millis(200));
        self.live(&AtomicBool::new(false))
    }

    /// While a disturbance is under way, which is when it has begun and has not ended.
    fn with(&self, disturbance: Disturbance, round: usize) -> anyhow::Result<Measured> {
        disturbance.prepare(self.scene);
        let (stop, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            let disturber = scope.spawn(|| {
                let disturb = || disturbance.disturb(self.scene, self.rate / 2.0, round, &stop);
                let achieved = give_way().and_then(|()| disturb());
                ended.store(true, Ordering::Relaxed);
                achieved
            });
            thread::sleep(disturbance.lead());
            let measured = self.live(&ended);
            stop.store(true, Ordering::Relaxed);
            let achieved = disturber.join().ok().context("a disturber has panicked")??;
            Ok(Measured { achieved: Some(achieved), ..measured? })
        })
    }

    fn live(&self, stop: &AtomicBool) -> anyhow::Result<Measured> {
        let before = self.scene.server.processor_time()?;
        let live = self.scene.live(self.rate, self.time, stop)?;
        let processors = (self.scene.server.processor_time()? - before) / 1e9 / live.seconds;
        Ok(Measured { live, processors, achieved: None })
    }
}

/// What the priorities of the clients were.
const fn whose_turn(first: bool) -> &'static str {
    if first {
        "the client that measures has the highest priority, as if it were on another machine; those that disturb the least"
    } else {
        "only root may let the client that measures go first: here it shares the processors, and so do its numbers (late)"
    }
}

fn say(maximum: &Quantity, undisturbed: &Row, rows: &[Row], report: &mut Report) {
    report.heading(format!(
        "one worker of nginx asks at most {maximum:.0} a second; below, {:.0} a second at the resolver's own socket, 32 \
         connections, each answer timed from when its request was due",
        maximum.median() / 2.0
    ));
    report.line(row::heading());
    report.line(undisturbed.line("undisturbed"));
    for (disturbance, row) in EACH.iter().zip(rows) {
        report.line(row.line(disturbance.what()));
        row.bars(disturbance.what(), report);
    }
    report.line(
        "(ms; ratio: of p99 to the mean of the undisturbed p99 before and after; late: p99 of what a request waited in \
         the bench itself before it was sent)"
            .to_owned(),
    );
    for (disturbance, row) in EACH.iter().zip(rows) {
        report.line(format!("{}: {}", disturbance.what(), row.achieved()));
    }
    // Each of them said when to come back, or it would have been an error.
    let busy = rows.iter().filter_map(|row| row.statuses().get(&503).copied()).sum::<u64>();
    report.bar(busy > 0, format!("sign-ins beyond the queue, answered 503 with Retry-After: {busy} (bar: some)"));
}
