//! The resolver's own listener, without nginx: wrk straight at it, and at the two that it is compared with. wrk speaks
//! TCP only.
//!
//! wrk builds requests and reads answers in one thread, which costs as much as to answer them: where a server is idle
//! between requests, the rate is wrk's and only the processor time is the server's.

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::Bench;
use crate::answering::{Answering, Who};
use crate::load::{self, load};
use crate::options::Options;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};

/// Measures the rates and the processor time by the number of connections.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    raise_descriptor_limit()?;
    let answering = Answering::start(bench)?;
    let loads = CONNECTIONS.map(|connections| Options { connections, ..bench.options.clone() });
    let mut seen: [[Seen; SERVERS.len()]; CONNECTIONS.len()] = Default::default();
    let turns = CONNECTIONS.len() * SERVERS.len();
    eprintln!("measuring {turns} ways in {} rounds of {} s each", bench.options.rounds, bench.options.seconds);
    for options in &loads {
        for (who, _) in SERVERS {
            load(options, &url(&answering, who), answering.cookie())?;
        }
    }
    for round in 0..bench.options.rounds {
        for (options, seen) in loads.iter().zip(&mut seen) {
            for turn in 0..SERVERS.len() {
                let number = (turn + round) % SERVERS.len();
                seen[number].round(options, &answering, SERVERS[number].0)?;
            }
        }
    }
    let shown = load::shown(bench.options, &url(&answering, Who::Vestibule));
    report.heading(format!("straight at the listener, over TCP: {shown}\n"));
    say(&seen, report);
    answering.end()
}

/// Of the load.
const CONNECTIONS: [usize; 3] = [1, 32, 1_024];

/// In the order of the table.
const SERVERS: [(Who, &str); 3] = [
    (Who::Null, "a server that does nothing"),
    (Who::Vestibule, "Vestibule, uncached"),
    (Who::Floor, "nginx, return 200"),
];

/// What the rounds of one server have shown with one number of connections.
#[derive(Default)]
struct Seen {
    rates: Vec<f64>,
    /// Nanoseconds of processor time a request.
    spent: Vec<f64>,
}

impl Seen {
    fn round(&mut self, options: &Options, answering: &Answering, who: Who) -> anyhow::Result<()> {
        let process = &answering.server(who).process;
        let before = process.processor_time()?;
        let load = load(options, &url(answering, who), answering.cookie())?;
        self.rates.push(load.rate);
        self.spent.push((process.processor_time()? - before) / load.requests);
        Ok(())
    }
}

fn url(answering: &Answering, who: Who) -> String {
    format!("http://{}/_resolver/resolve", answering.server(who).address)
}

fn say(seen: &[[Seen; SERVERS.len()]; CONNECTIONS.len()], report: &mut Report) {
    report.line(format!(
        "{:<14}{:<30}{:<26}{:<22}{}",
        "connections", "", "requests a second", "ratio to the first", "microseconds of processor time"
    ));
    for (connections, seen) in CONNECTIONS.iter().zip(seen) {
        for ((_, what), one) in SERVERS.iter().zip(seen) {
            report.line(format!(
                "{connections:<14}{what:<30}{:<26.0}{:<22.2}{:.2}",
                Quantity::new(one.rates.clone()),
                Quantity::ratio(&one.rates, &seen[0].rates),
                microseconds(&one.spent),
            ));
        }
    }
}

/// A thousand connections need more descriptors than many systems give at first. Those that the bench starts inherit
/// the limit.
fn raise_descriptor_limit() -> anyhow::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("raising the limit of open files")
}
