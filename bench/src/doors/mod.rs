//! What authentication costs a request that comes through nginx: some doors to the same empty picture, measured in
//! turns; once with every process where the kernel puts it, and once with nginx on a core of its own.

mod door;
mod front;
mod pinned;
pub(crate) mod profile;
mod table;

use std::time::Duration;

use anyhow::ensure;

use crate::Bench;
use crate::answering::{Answering, Who};
use crate::load::{self, load};
use crate::options::Options;
use crate::process::Process;
use crate::report::Report;

use door::{Asks, DOORS, Door};
use front::Front;
use pinned::Pinned;
use table::{Seen, Table};

/// Measures the doors and says what they cost.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let answering = Answering::start(bench)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = answering.server(Who::Vestibule).process.resident()? / 1e6;
    let front = Front::start(&bench.folder.join("front"), &answering)?;
    let doors = Doors { options: bench.options, front: &front, answering: &answering };
    doors.open()?;
    report.heading(load::shown(bench.options, &front.url(&DOORS[0])));
    doors.rounds()?.say("processes where the kernel puts them", report);
    let others = [Who::Vestibule, Who::Null, Who::Floor].map(|who| &answering.server(who).process);
    match Pinned::new(front.process(), &others)? {
        Some(_pinned) => doors.rounds()?.say("nginx on one core, all others on another", report),
        None => report.line("not measured with nginx on a core of its own: there is only one core".to_owned()),
    }
    report.bar(idle < 25.0, format!("resident memory idle: {idle:.1} MB (bar: under 25)"));
    answering.end()
}

struct Doors<'d> {
    options: &'d Options,
    front: &'d Front,
    answering: &'d Answering,
}

impl Doors<'_> {
    /// Goes through every door once, uncounted, and makes sure that Vestibule has seen each request that it was to see:
    /// a cache, or an answer that is no yes, would be fast.
    fn open(&self) -> anyhow::Result<()> {
        for door in &DOORS {
            let before = self.answering.valid_resolves()?;
            let load = load(self.options, &self.front.url(door), self.answering.cookie())?;
            let resolved = self.answering.valid_resolves()? - before;
            let right = match door.asks {
                Asks::Server(Who::Vestibule, _) => resolved >= load.requests,
                // Some that wrk no longer waited for at the door before may come in late.
                Asks::Server(Who::Null | Who::Floor, _) | Asks::Cache | Asks::Nobody => {
                    resolved <= self.options.connections as f64
                }
            };
            ensure!(right, "({}): {} requests and {resolved} resolves", door.letter, load.requests);
        }
        Ok(())
    }

    fn rounds(&self) -> anyhow::Result<Table> {
        let mut table = Table { seen: Default::default() };
        eprintln!(
            "measuring {} doors in {} rounds of {} s each",
            DOORS.len(),
            self.options.rounds,
            self.options.seconds
        );
        for round in 0..self.options.rounds {
            for turn in 0..DOORS.len() {
                // Another one begins in each round, and every other round goes backwards, so that none always comes
                // behind the same neighbour.
                let turn = if round % 2 == 0 { turn } else { DOORS.len() - 1 - turn };
                let number = (turn + round) % DOORS.len();
                self.round(&DOORS[number], &mut table.seen[number])?;
            }
        }
        Ok(table)
    }

    fn round(&self, door: &Door, seen: &mut Seen) -> anyhow::Result<()> {
        let front = self.front.process();
        let behind = match door.asks {
            Asks::Server(who, _) => Some(&self.answering.server(who).process),
            Asks::Cache | Asks::Nobody => None,
        };
        let spent = || behind.map(Process::processor_time).transpose();
        let before = (front.processor_time()?, spent()?);
        let load = load(self.options, &self.front.url(door), self.answering.cookie())?;
        seen.rates.push(load.rate);
        seen.front.push((front.processor_time()? - before.0) / load.requests);
        if let (Some(before), Some(after)) = (before.1, spent()?) {
            seen.behind.push((after - before) / load.requests);
        }
        Ok(())
    }
}
