//! A resolve with assertions on, beside one without: two servers behind the same nginx, in turns.
//!
//! One session each, so that all but the first answer of every two and a half minutes give the assertion that is
//! remembered. Somebody who comes less often than that pays a signature each time, which is not measured here.

use std::path::PathBuf;
use std::time::Duration;

use crate::Bench;
use crate::front::Front;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::turns::Seen;

/// The configurations, and what they are called.
const WHAT: [(&str, &str); 2] =
    [("without", ""), ("with", "[headers]\nassertion = true\nassertion_audience = \"app.example.com\"\n")];

/// Measures both.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for (name, configuration) in WHAT {
        let (place, secrets) = bench.seeded(name, 1_000)?;
        place.configure(configuration)?;
        let server = place.serve(bench.options)?;
        places.push((place, server, format!("Cookie: session={}\r\n", secrets[0].expose())));
    }
    let front = Front::start(&bench.folder.join("front"), &places.iter().map(|(place, ..)| place).collect::<Vec<_>>())?;
    let sides: Vec<Side<'_>> = places
        .iter()
        .enumerate()
        .map(|(number, (_, server, line))| Side { server, socket: front.socket(number), line })
        .collect();
    let seconds = Duration::from_secs(bench.options.seconds);
    let mut seen: [Seen; 2] = Default::default();
    for side in &sides {
        side.round(&mut Seen::default(), seconds)?;
    }
    for round in 0..bench.options.rounds {
        for turn in 0..sides.len() {
            let number = (turn + round) % sides.len();
            sides[number].round(&mut seen[number], seconds)?;
        }
    }
    say(&seen, report);
    front.process.kill()?;
    places.into_iter().try_for_each(|(_, server, _)| server.kill())
}

/// One of the servers, and how it is asked.
struct Side<'s> {
    server: &'s Process,
    socket: PathBuf,
    line: &'s str,
}

impl Side<'_> {
    fn round(&self, seen: &mut Seen, time: Duration) -> anyhow::Result<()> {
        seen.round(self.server, &self.socket, self.line, time)
    }
}

fn say(seen: &[Seen; 2], report: &mut Report) {
    report.heading("a resolve with assertions on, through one worker of nginx".to_owned());
    for (one, (what, _)) in seen.iter().zip(WHAT) {
        report.line(format!(
            "{what:<8}{:.0} requests a second; {:.2} us of the server's processor time",
            Quantity::new(one.rates.clone()),
            microseconds(&one.spent),
        ));
    }
    let [without, with] = seen;
    let time = |seen: &Seen| seen.rates.iter().map(|rate| 1e9 / rate).collect::<Vec<_>>();
    let taken = Quantity::ratio(&time(with), &time(without));
    let line = format!("a request with assertions, by one without: {taken:.3} of its time (bar: at most 1.10)");
    report.bar(taken.median() <= 1.10, line);
    let spent = Quantity::ratio(&with.spent, &without.spent);
    let line = format!("the server's processor time for it: {spent:.3} (bar: at most 1.10)");
    report.bar(spent.median() <= 1.10, line);
}
