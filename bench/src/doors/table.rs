//! What the rounds have shown: a table, and the bars.

use super::door::{DOORS, place};
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};

/// What the rounds of all doors have shown.
pub(super) struct Table {
    /// In the order of [`DOORS`].
    pub(super) seen: [Seen; DOORS.len()],
}

/// What the rounds of one door have shown.
#[derive(Default)]
pub(super) struct Seen {
    /// Requests a second.
    pub(super) rates: Vec<f64>,
    /// Nanoseconds of processor time a request in nginx.
    pub(super) front: Vec<f64>,
    /// The same in the one that answers; nothing where nobody is asked.
    pub(super) behind: Vec<f64>,
}

impl Table {
    /// Adds the table, and its bars, to the report. `layout` says where the processes were.
    pub(super) fn say(&self, layout: &str, report: &mut Report) {
        report.heading(format!("behind nginx with one worker, {layout}\n"));
        report.line(format!(
            "{:<32}{:<23}{:<19}{:<19}{:<19}{:<18}{}",
            "", "requests a second", "ratio to n", "ratio to b", "ratio to d", "us in nginx", "us behind"
        ));
        for (door, seen) in DOORS.iter().zip(&self.seen) {
            let behind =
                if seen.behind.is_empty() { "-".to_owned() } else { format!("{:.1}", microseconds(&seen.behind)) };
            report.line(format!(
                "({}) {:<28}{:<23.0}{:<19.2}{:<19.2}{:<19.2}{:<18.1}{behind}",
                door.letter,
                door.what,
                Quantity::new(seen.rates.clone()),
                self.rate(door.letter, 'n'),
                self.rate(door.letter, 'b'),
                self.rate(door.letter, 'd'),
                microseconds(&seen.front),
            ));
        }
        report.line(format!(
            "without a bar: e/f {:.2}, g/h {:.2}; (us: microseconds of processor time a request)",
            self.rate('e', 'f'),
            self.rate('g', 'h')
        ));
        self.judge(layout, report);
    }

    fn judge(&self, layout: &str, report: &mut Report) {
        for (below, least) in [('n', 0.95), ('b', 1.0)] {
            let ratio = self.rate('a', below);
            let line = format!("{layout}: the rates, a/{below}: {ratio:.3} (bar: at least {least})");
            report.bar(ratio.median() >= least, line);
        }
        let (vestibule, floor) = (&self.door('a').behind, &self.door('b').behind);
        let ratio = Quantity::ratio(vestibule, floor);
        let line = format!(
            "{layout}: processor time of 100,000 resolves: a {:.2} s, b {:.2} s, a/b {ratio:.3} (bar: at most 1)",
            for_many(vestibule),
            for_many(floor),
        );
        report.bar(ratio.median() <= 1.0, line);
    }

    /// The rate of one door as a ratio to another's.
    fn rate(&self, above: char, below: char) -> Quantity {
        Quantity::ratio(&self.door(above).rates, &self.door(below).rates)
    }

    fn door(&self, letter: char) -> &Seen {
        &self.seen[place(letter)]
    }
}

/// Nanoseconds for one as seconds for 100,000.
fn for_many(nanoseconds: &[f64]) -> f64 {
    Quantity::new(nanoseconds.to_vec()).median() * 100_000.0 / 1e9
}

#[cfg(test)]
mod tests {
    use super::{Seen, Table, place};
    use crate::options::Options;
    use crate::report::Report;

    /// Whether the bars are met when Vestibule makes so many requests a second while n makes 100 and b 90, with so many
    /// nanoseconds each while b spends 5.
    fn met(rate: f64, spent: f64) -> bool {
        let mut table = Table { seen: std::array::from_fn(|_| seen(90.0, 5.0)) };
        table.seen[place('n')] = seen(100.0, 1.0);
        table.seen[place('a')] = seen(rate, spent);
        let mut report = Report::new(&Options::read(std::iter::empty()).unwrap().unwrap());
        table.say("somewhere", &mut report);
        report.all_met()
    }

    fn seen(rate: f64, spent: f64) -> Seen {
        Seen { rates: vec![rate; 5], front: vec![10.0; 5], behind: vec![spent; 5] }
    }

    #[test]
    fn a_bar_is_missed_by_the_rate_or_by_the_processor_time() {
        assert!(met(95.0, 5.0));
        assert!(!met(94.0, 5.0) && !met(95.0, 5.1));
    }
}
