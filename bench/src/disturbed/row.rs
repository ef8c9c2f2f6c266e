//! What the rounds of one disturbance have shown, and its line in the table.

use std::collections::BTreeMap;

use crate::quantity::Quantity;
use crate::report::Report;

use super::Measured;
use super::disturbance::Achieved;

/// The rounds' values, in milliseconds where nothing else is said.
#[derive(Default)]
pub(super) struct Row {
    median: Vec<f64>,
    p99: Vec<f64>,
    p999: Vec<f64>,
    longest: Vec<f64>,
    late: Vec<f64>,
    processors: Vec<f64>,
    /// Of p99 to the undisturbed one beside it.
    ratio: Vec<f64>,
    achieved: Vec<Achieved>,
}

/// What stands above the lines.
pub(super) fn heading() -> String {
    columns("while", &["p50", "p99", "p99.9", "longest", "late", "processors", "ratio"].map(str::to_owned))
}

impl Row {
    /// Adds a round, with the undisturbed measurements before and after it.
    pub(super) fn add(&mut self, measured: &Measured, beside: Option<(&Measured, &Measured)>) {
        let p99 = |measured: &Measured| measured.live.latencies.within(0.99);
        let live = &measured.live;
        self.median.push(live.latencies.within(0.5));
        self.p99.push(p99(measured));
        self.p999.push(live.latencies.within(0.999));
        self.longest.push(live.latencies.longest());
        self.late.push(live.lateness.within(0.99));
        self.processors.push(measured.processors);
        if let Some((before, after)) = beside {
            self.ratio.push(p99(measured) / f64::midpoint(p99(before), p99(after)));
        }
        self.achieved.extend(measured.achieved.clone());
    }

    /// The line.
    pub(super) fn line(&self, what: &str) -> String {
        let value = |values: &[f64]| format!("{:.3}", Quantity::new(values.to_vec()));
        let ratio = if self.ratio.is_empty() { String::new() } else { format!("{:.2}", self.ratio()) };
        let (median, p99, p999) = (value(&self.median), value(&self.p99), value(&self.p999));
        let longest = format!("{:.1}", Quantity::new(self.longest.clone()));
        let processors = format!("{:.2}", Quantity::new(self.processors.clone()));
        columns(what, &[median, p99, p999, longest, value(&self.late), processors, ratio])
    }

    /// What the disturbance did in all rounds.
    pub(super) fn achieved(&self) -> String {
        let rates = self.achieved.iter().map(|round| round.count / round.seconds).collect();
        let count: f64 = self.achieved.iter().map(|round| round.count).sum();
        let mut line = format!("{:.1} a second, {count:.0} in all", Quantity::new(rates));
        for (status, count) in self.statuses() {
            line += &format!(", {count} answered {status}");
        }
        line
    }

    /// How often pages have answered each status.
    pub(super) fn statuses(&self) -> BTreeMap<u16, u64> {
        let mut sum = BTreeMap::new();
        for (status, count) in self.achieved.iter().flat_map(|round| &round.statuses) {
            *sum.entry(*status).or_default() += count;
        }
        sum
    }

    /// The two bars that every disturbance has.
    pub(super) fn bars(&self, what: &str, report: &mut Report) {
        let (ratio, p999) = (self.ratio(), Quantity::new(self.p999.clone()));
        let line = format!("p99 while {what}, by the undisturbed: {ratio:.2} (bar: at most 2)");
        report.bar(ratio.median() <= 2.0, line);
        let line = format!("p99.9 while {what}: {p999:.2} ms (bar: under 10)");
        report.bar(p999.median() < 10.0, line);
    }

    fn ratio(&self) -> Quantity {
        Quantity::new(self.ratio.clone())
    }
}

fn columns(what: &str, values: &[String; 7]) -> String {
    let widths = [24, 24, 24, 24, 24, 20, 0];
    let line = values
        .iter()
        .zip(widths)
        .fold(format!("{what:<26}"), |line, (value, width)| line + &format!("{value:<width$}"));
    line.trim_end().to_owned()
}
