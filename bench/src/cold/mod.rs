//! Sessions that memory does not know, beside those that it does: what the hot ones notice of the cold ones, and how
//! often the store is read for a cold one.

mod together;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::Bench;
use crate::pace::{Load, Outcome, Question};
use crate::process::{Process, give_way};
use crate::quantity::Quantity;
use crate::report::Report;
use crate::server::Place;

/// Sessions in the store.
const STORED: usize = 500_000;
/// Sessions that memory holds.
const HELD: usize = 10_000;
/// Sessions that are used all the time.
const HOT: usize = 256;
/// A prime: a walk by it comes to every session once before it comes to one again, and never to a neighbour.
const STRIDE: usize = 611_953;
/// Connections of the hot client.
const HOT_CONNECTIONS: usize = 32;
/// Connections of the cold one: one more than the store is read at a time.
const COLD_CONNECTIONS: usize = 4;

/// Measures the hot ones alone and beside cold ones, in turns; then the cold ones that many ask for at once.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (place, secrets) = bench.seeded("vestibule", STORED)?;
    place.configure(&format!("[cache]\nsessions = {HELD}\n"))?;
    let text = |number: usize| secrets[number].expose().to_owned();
    let hot: Vec<String> = (0..HOT).map(text).collect();
    let cold: Vec<String> = (0..STORED).map(|turn| turn * STRIDE % STORED).filter(|n| *n >= HOT).map(text).collect();
    let server = place.serve(bench.options)?;
    let time = Duration::from_secs(bench.options.seconds);
    let mut house = House { place: &place, server: &server, hot: &hot, cold: &cold, walked: 0, time };
    house.alone()?;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        if round % 2 == 0 {
            alone.push(house.alone()?);
            beside.push(house.beside()?);
        } else {
            beside.push(house.beside()?);
            alone.push(house.alone()?);
        }
    }
    say(&alone, &beside, report);
    together::measure(&place, &cold[house.walked..], report)?;
    server.kill()
}

/// The server and its clients.
struct House<'h> {
    place: &'h Place,
    server: &'h Process,
    hot: &'h [String],
    cold: &'h [String],
    /// How many of the cold ones have been asked for.
    walked: usize,
    time: Duration,
}

/// What one round has shown.
struct Seen {
    hot: f64,
    /// Processor time of the server a hot answer, in nanoseconds; with that of the cold ones, where there were any.
    processor: f64,
    cold: f64,
    /// Reads of the store a cold answer.
    reads: f64,
}

impl House<'_> {
    fn alone(&self) -> anyhow::Result<Seen> {
        let before = self.server.processor_time()?;
        let hot = self.drive_hot()?;
        let processor = (self.server.processor_time()? - before) / hot.answers() as f64;
        Ok(Seen { hot: hot.rate(), processor, cold: 0.0, reads: 0.0 })
    }

    /// The cold client runs on a thread of its own, from a little before the hot one until a little after.
    fn beside(&mut self) -> anyhow::Result<Seen> {
        let stop = AtomicBool::new(false);
        let before_loads = loads(self.place)?;
        let (hot, cold, processor) = thread::scope(|scope| {
            let walk = scope.spawn(|| give_way().and_then(|()| self.drive_cold(&stop)));
            thread::sleep(Duration::from_millis(100));
            let before = self.server.processor_time();
            let hot = self.drive_hot();
            let after = self.server.processor_time();
            stop.store(true, Ordering::Relaxed);
            let cold = walk.join().ok().context("the cold client has panicked")??;
            anyhow::Ok((hot?, cold, after? - before?))
        })?;
        let loads = loads(self.place)? - before_loads;
        self.walked = (self.walked + cold.answers() as usize) % self.cold.len();
        let processor = processor / hot.answers() as f64;
        Ok(Seen { hot: hot.rate(), processor, cold: cold.rate(), reads: loads / cold.answers() as f64 })
    }

    fn drive_hot(&self) -> anyhow::Result<Outcome> {
        self.load(self.hot, HOT_CONNECTIONS, &AtomicBool::new(false), self.time)
    }

    fn drive_cold(&self, stop: &AtomicBool) -> anyhow::Result<Outcome> {
        self.load(&self.cold[self.walked..], COLD_CONNECTIONS, stop, self.time * 10)
    }

    fn load(
        &self,
        secrets: &[String],
        connections: usize,
        stop: &AtomicBool,
        time: Duration,
    ) -> anyhow::Result<Outcome> {
        let question = Question::Resolve { secrets, live: true };
        Load { socket: &self.place.resolver(), question, rate: None, connections }.drive(time, stop)
    }
}

/// How often the store was read for a credential, as the server counts it.
fn loads(place: &Place) -> anyhow::Result<f64> {
    // Not there before the first read.
    Ok(place.counted("vestibule_store_loads_total")?.unwrap_or(0.0))
}

fn say(alone: &[Seen], beside: &[Seen], report: &mut Report) {
    let all = |seen: &[Seen], what: fn(&Seen) -> f64| seen.iter().map(what).collect::<Vec<_>>();
    let hot = |seen: &[Seen]| all(seen, |seen| seen.hot);
    let micros = |seen: &[Seen]| Quantity::new(all(seen, |seen| seen.processor / 1e3));
    report.heading(format!(
        "cold sessions: {STORED} in the store, {HELD} in memory; {HOT} hot ones on {HOT_CONNECTIONS} connections, \
         cold ones on {COLD_CONNECTIONS}, whose client has the least priority"
    ));
    report.line(format!(
        "hot resolves a second: {:.0} alone, {:.0} beside {:.0} cold ones a second",
        Quantity::new(hot(alone)),
        Quantity::new(hot(beside)),
        Quantity::new(all(beside, |seen| seen.cold)),
    ));
    report.line(format!(
        "processor time of the server a hot resolve: {:.2} us alone, {:.2} with the cold ones' beside",
        micros(alone),
        micros(beside)
    ));
    let reads = Quantity::new(all(beside, |seen| seen.reads));
    // Those that many ask for at once are counted to the last one, elsewhere.
    let line = format!(
        "reads of the store a cold resolve, with those of hot ones that made room: {reads:.4} (bar: at most 1.1)"
    );
    report.bar(reads.median() <= 1.1, line);
    let ratio = Quantity::ratio(&hot(beside), &hot(alone));
    let line = format!("hot resolves beside cold ones, by those alone: {ratio:.3} (bar: at least 0.9)");
    report.bar(ratio.median() >= 0.9, line);
}
