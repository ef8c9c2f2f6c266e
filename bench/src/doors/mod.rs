//! What authentication costs a request that comes through nginx: four doors to the same empty picture, measured in
//! turns.

mod nginx;

use anyhow::ensure;

use crate::Bench;
use crate::load::{self, load};
use crate::options::Options;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::server::{ask, cookie};

use nginx::{Floor, Front};

/// A way to the picture.
struct Door {
    letter: char,
    path: &'static str,
    what: &'static str,
}

const DOORS: [Door; 4] = [
    Door { letter: 'a', path: "/vestibule", what: "Vestibule, a live session, uncached" },
    Door { letter: 'b', path: "/floor", what: "another nginx, return 200" },
    Door { letter: 'c', path: "/cached", what: "nginx's own proxy_cache, a hit" },
    Door { letter: 'd', path: "/open", what: "no authentication" },
];

/// What the rounds of one door have shown.
#[derive(Default)]
struct Seen {
    rates: Vec<f64>,
    front: Vec<f64>,
    answering: Vec<f64>,
}

/// Measures the doors and says what they cost.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = bench.options;
    let (place, secrets) = bench.seeded("vestibule", 1_000)?;
    let vestibule = place.serve(options)?;
    std::thread::sleep(std::time::Duration::from_secs(2));
    let idle = vestibule.resident()? / 1e6;
    let cookie = cookie(secrets[0].expose());
    let answer = ask(&place.resolver(), &cookie)?;
    let floor = Floor::start(&bench.folder.join("floor"), &answer)?;
    ensure!(
        nginx::answer_of(&ask(floor.socket(), &cookie)?) == nginx::answer_of(&answer),
        "the two sides of the comparison do not answer alike"
    );
    let front = Front::start(&bench.folder.join("front"), &place.resolver(), floor.socket())?;

    let mut seen: [Seen; 4] = Default::default();
    eprintln!("measuring {} doors in {} rounds of {} s each", DOORS.len(), options.rounds, options.seconds);
    for door in &DOORS {
        load(options, &front.url(door.path), &cookie)?;
    }
    for round in 0..options.rounds {
        for turn in 0..DOORS.len() {
            // Another one begins in each round, so that none always comes behind the same neighbour.
            let number = (turn + round) % DOORS.len();
            let answering = if DOORS[number].letter == 'a' { &vestibule } else { floor.process() };
            let url = front.url(DOORS[number].path);
            seen[number].round(options, &url, &cookie, (front.process(), answering))?;
        }
    }
    say(options, &front, &seen, report);
    report.bar(idle < 25.0, format!("resident memory idle: {idle:.1} MB (bar: under 25)"));
    vestibule.end()
}

impl Seen {
    fn round(
        &mut self,
        options: &Options,
        url: &str,
        cookie: &str,
        (front, answering): (&Process, &Process),
    ) -> anyhow::Result<()> {
        let before = (front.processor_time()?, answering.processor_time()?);
        let load = load(options, url, cookie)?;
        self.rates.push(load.rate);
        self.front.push((front.processor_time()? - before.0) / load.requests);
        self.answering.push((answering.processor_time()? - before.1) / load.requests);
        Ok(())
    }
}

fn say(options: &Options, front: &Front, seen: &[Seen; 4], report: &mut Report) {
    let url = front.url(DOORS[0].path);
    report.heading(format!("{}\n", load::shown(options, &url)));
    report.line(format!(
        "{:<42}{:<26}{:<24}{:<24}{:<24}{}",
        "behind nginx with one worker",
        "requests a second",
        "as a ratio to b",
        "as a ratio to d",
        "us in nginx",
        "us behind"
    ));
    for (door, one) in DOORS.iter().zip(seen) {
        report.line(format!(
            "({}) {:<38}{:<26.0}{:<24.3}{:<24.3}{:<24.1}{:.1}",
            door.letter,
            door.what,
            Quantity::new(one.rates.clone()),
            Quantity::ratio(&one.rates, &seen[1].rates),
            Quantity::ratio(&one.rates, &seen[3].rates),
            microseconds(&one.front),
            microseconds(&one.answering),
        ));
    }
    report.line("(us: microseconds of processor time a request)".to_owned());
    report.line(String::new());
    let ratio = Quantity::ratio(&seen[0].rates, &seen[1].rates);
    report.bar(ratio.median() >= 0.9, format!("a/b: {ratio:.3} (bar: at least 0.9)"));
}
