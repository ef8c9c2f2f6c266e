//! What the rounds have shown, side by side, and the bars.

use crate::load::{self, load};
use crate::options::Options;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::Report;

use super::door::Door;

/// What the rounds of one door have shown. Processor time is in seconds for 100,000 requests, memory in MB.
#[derive(Default)]
pub(super) struct Seen {
    rates: Vec<f64>,
    front: Vec<f64>,
    authenticator: Cost,
    store: Cost,
}

/// What a process has cost.
#[derive(Default)]
struct Cost {
    processor: Vec<f64>,
    memory: Vec<f64>,
}

impl Seen {
    /// Loads a door once.
    pub(super) fn round(
        &mut self,
        options: &Options,
        url: &str,
        door: &Door<'_>,
        front: &Process,
    ) -> anyhow::Result<()> {
        let store = || door.store.map(Process::processor_time).transpose();
        let before = (front.processor_time()?, door.authenticator.processor_time()?, store()?);
        let load = load(options, url, door.cookie)?;
        let seconds = |after: f64, before: f64| (after - before) / load.requests * 100_000.0 / 1e9;
        self.rates.push(load.rate);
        self.front.push(seconds(front.processor_time()?, before.0));
        self.authenticator.processor.push(seconds(door.authenticator.processor_time()?, before.1));
        // Nobody gives memory back within milliseconds, so what it is now is what it was under load.
        self.authenticator.memory.push(door.authenticator.resident()? / 1e6);
        if let (Some(process), Some(before), Some(after)) = (door.store, before.2, store()?) {
            self.store.processor.push(seconds(after, before));
            self.store.memory.push(process.resident()? / 1e6);
        }
        Ok(())
    }
}

/// Prints the table.
pub(super) fn say(options: &Options, url: &str, doors: &[Door<'_>], seen: &[Seen], report: &mut Report) {
    report.heading(format!("{}\n", load::shown(options, url)));
    report.line(row(&HEADINGS.map(str::to_owned)));
    for ((letter, door), one) in ('a'..).zip(doors).zip(seen) {
        report.line(row(&[
            format!("({letter}) {}", door.what),
            format!("{:.0}", Quantity::new(one.rates.clone())),
            format!("{:.2}", Quantity::ratio(&one.rates, &seen[0].rates)),
            format!("{:.2}", Quantity::new(one.authenticator.processor.clone())),
            shown(&one.store.processor, 2),
            format!("{:.2}", Quantity::new(one.front.clone())),
            format!("{:.1}", Quantity::new(one.authenticator.memory.clone())),
            shown(&one.store.memory, 1),
        ]));
    }
    for line in NOTES {
        report.line(line.to_owned());
    }
}

/// Says whether Vestibule over TCP costs as little of each of the others as it must. What Redis costs is left out,
/// which is in the others' favour.
pub(super) fn bars(doors: &[Door<'_>], seen: &[Seen], report: &mut Report) {
    let own = &seen[0].authenticator;
    for ((letter, door), one) in ('a'..).zip(doors).zip(seen) {
        if std::ptr::eq(door.authenticator, doors[0].authenticator) {
            continue;
        }
        let times = Quantity::ratio(&one.authenticator.processor, &own.processor);
        let line = format!("requests a CPU second, a/{letter} ({}): {times:.1} (bar: at least 3)", door.what);
        report.bar(times.median() >= 3.0, line);
        let part = Quantity::ratio(&own.memory, &one.authenticator.memory);
        let line = format!("resident memory, a/{letter} ({}): {part:.2} (bar: at most 0.5)", door.what);
        report.bar(part.median() <= 0.5, line);
    }
}

const HEADINGS: [&str; 8] = [
    "behind nginx with one worker",
    "requests a second",
    "as a ratio to a",
    "CPU s, authenticator",
    "CPU s, Redis",
    "CPU s, nginx",
    "MB, authenticator",
    "MB, Redis",
];

const NOTES: [&str; 7] = [
    "(CPU s: seconds of processor time for 100,000 requests; MB: resident memory right after the load)",
    "Vestibule has 1,000 sessions in its store. oauth2-proxy has one, of a sign-in at an OpenID provider, with the access",
    "token and the ID token in it; nothing is refreshed, which is the default. Redis writes nothing to disk.",
    "c and d: oauth2-proxy in its best light; nginx keeps its connections, and requests are not logged.",
    "e and f: as its documents say; nginx opens a connection for each request, and each is a line in a log file.",
    "All are asked over TCP but b. Redis is asked over TCP with kept connections.",
    "a, b, d and f find out each time whether the session still exists; c and e believe a cookie until it expires.",
];

fn row(cells: &[String; 8]) -> String {
    let widths = [40, 25, 19, 23, 20, 20, 21, 0];
    cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect::<String>().trim_end().to_owned()
}

fn shown(values: &[f64], places: usize) -> String {
    if values.is_empty() { "-".to_owned() } else { format!("{:.places$}", Quantity::new(values.to_vec())) }
}
