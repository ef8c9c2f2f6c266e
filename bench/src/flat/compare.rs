//! A resolve in every store, in turns: through nginx, which is what a request of an application pays, and by itself.

use std::time::Duration;

use super::Store;
use crate::Bench;
use crate::front::Front;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::walker::Walker;

/// Resolves in a round.
const RESOLVES: usize = 100_000;

/// Compares each store with the first, which is the smallest.
pub(super) fn measure(bench: &Bench<'_>, stores: &mut [Store<'_>], report: &mut Report) -> anyhow::Result<()> {
    // Activity that is queued by now fails on the lock in the five seconds that Vestibule waits for it.
    std::thread::sleep(Duration::from_secs(7));
    let front = Front::start(&bench.folder.join("front"), &stores.iter().map(|store| store.place).collect::<Vec<_>>())?;
    let mut walkers: Vec<_> = (0..stores.len()).map(|n| Walker::through(front.socket(n), stores[n].secrets)).collect();
    let mut alone: Vec<Seen> = stores.iter().map(|_| Seen::default()).collect();
    let mut behind: Vec<Seen> = stores.iter().map(|_| Seen::default()).collect();
    for round in 0..bench.options.rounds {
        for turn in 0..stores.len() {
            // Another one begins in each round, so that none always comes behind the same neighbour.
            let number = (turn + round) % stores.len();
            let store = &mut stores[number];
            alone[number].round(&mut store.walker, &[&store.server])?;
            behind[number].round(&mut walkers[number], &[&store.server, &front.process])?;
        }
    }
    say("through nginx, its processor time included", &behind, stores, report);
    say("the resolver by itself, without nginx", &alone, stores, report);
    let last = stores.len() - 1;
    let ratio = Quantity::ratio(&behind[last].processor, &behind[0].processor);
    let (few, many) = (stores[0].secrets.len(), stores[last].secrets.len());
    let line =
        format!("a resolve through nginx with {many} sessions by one with {few}: {ratio:.3} (bar: at most 1.15)");
    report.bar(ratio.median() <= 1.15, line);
    Ok(())
}

fn say(what: &str, seen: &[Seen], stores: &[Store<'_>], report: &mut Report) {
    report.heading(format!("{what}: a random session each time, {RESOLVES} a round"));
    for (one, store) in seen.iter().zip(stores) {
        report.line(format!(
            "{:>9} sessions: {:.2} us of processor time, {:.3} of the first; {:.2} us by the clock",
            store.secrets.len(),
            microseconds(&one.processor),
            Quantity::ratio(&one.processor, &seen[0].processor),
            microseconds(&one.clock),
        ));
    }
}

/// What the rounds of one store have shown, in nanoseconds a resolve.
#[derive(Default)]
struct Seen {
    processor: Vec<f64>,
    clock: Vec<f64>,
}

impl Seen {
    fn round(&mut self, walker: &mut Walker<'_>, programs: &[&Process]) -> anyhow::Result<()> {
        let time = || programs.iter().map(|program| program.processor_time()).sum::<anyhow::Result<f64>>();
        let before = time()?;
        let (asked, took) = walker.walk(RESOLVES)?;
        self.processor.push((time()? - before) / asked as f64);
        self.clock.push(took.as_nanos() as f64 / asked as f64);
        Ok(())
    }
}
