//! Real proxies with exactly what `vestibule proxy-config` prints, each beside its floor: the same proxy with the same
//! file, which asks a server that always answers 200. Those that are not installed are left out.

mod entry;
mod floor;
mod site;

use anyhow::{Context as _, ensure};

use crate::Bench;
use crate::answering::start_null_server;
use crate::load::{self, load};
use crate::options::Options;
use crate::peers::browser::ask;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::server::{Place, cookie, free_address};

use entry::{ALL, Entry};
use site::Site;

/// Who somebody is, and nothing else: every proxy is to ask, and none is to remember.
const CONFIGURATION: &str = "[[rules]]\nallow = \"any user\"\n[proxies]\ntrusted = [\"127.0.0.1\"]\n";

/// With more, wrk counts read errors at some proxies.
const CONNECTIONS: usize = 8;

/// Measures each proxy and its floor in turns.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = &Options { connections: bench.options.connections.min(CONNECTIONS), ..bench.options.clone() };
    let bench = &Bench { options, ..*bench };
    site::open_folders(bench.folder)?;
    let place = Place::for_others(&bench.folder.join("vestibule"))?;
    place.configure(CONFIGURATION)?;
    let secrets = bench.runtime.block_on(crate::seed::seed(options, &place, 1_000))?;
    let cookie = cookie(secrets[0].expose());
    let vestibule = place.serve(options)?;
    let app = free_address()?;
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let _application = start_null_server(bench.folder, &bench.folder.join("app.sock"), app, answer)?;

    let mut pairs = Vec::new();
    for entry in &ALL {
        let Some(program) = (entry.program)(options) else {
            eprintln!("{}: it is not installed, and left out", entry.name);
            continue;
        };
        pairs.push(Pair::start(bench, entry, &program, &place, app, &cookie).with_context(|| entry.name)?);
    }
    ensure!(!pairs.is_empty(), "no proxy is installed; `make test-proxies` installs some");
    for pair in &pairs {
        pair.check(&cookie)?;
        load(options, &pair.asking.url(), &cookie)?;
        load(options, &pair.at_floor.url(), &cookie)?;
    }
    let mut seen: Vec<Seen> = pairs.iter().map(|_| Seen::default()).collect();
    eprintln!("measuring {} proxies in {} rounds of 2 x {} s each", pairs.len(), options.rounds, options.seconds);
    for round in 0..options.rounds {
        for turn in 0..pairs.len() {
            let number = (turn + round) % pairs.len();
            seen[number].round(bench, &pairs[number], &vestibule, &cookie, round % 2 == 0)?;
        }
    }
    for pair in &pairs {
        pair.check(&cookie)?;
    }
    say(bench, &pairs, &seen, report);
    Ok(())
}

/// A proxy twice: asking Vestibule, and asking its floor.
struct Pair {
    entry: &'static Entry,
    asking: Site,
    at_floor: Site,
    _floor: Process,
}

impl Pair {
    fn start(
        bench: &Bench<'_>,
        entry: &'static Entry,
        program: &std::path::Path,
        place: &Place,
        app: std::net::SocketAddr,
        cookie: &str,
    ) -> anyhow::Result<Self> {
        let folder = bench.folder.join(entry.name.replace(' ', "-"));
        site::make(&folder)?;
        let other = Place::for_others(&folder.join("floor"))?;
        other.configure(CONFIGURATION)?;
        let floor = floor::start(entry, place, &other, cookie)?;
        let asking = Site::start(bench.options, entry, program, place, app, &folder.join("asking"))?;
        let at_floor = Site::start(bench.options, entry, program, &other, app, &folder.join("at-floor"))?;
        Ok(Self { entry, asking, at_floor, _floor: floor })
    }

    /// Whether somebody is let in and nobody is not; the floor lets everybody in.
    fn check(&self, cookie: &str) -> anyhow::Result<()> {
        for (site, cookie, expected) in
            [(&self.asking, cookie, "200"), (&self.asking, "", "401"), (&self.at_floor, "", "200")]
        {
            let answer = ask(&site.url(), cookie, None)?;
            ensure!(answer.status == expected, "{}: {expected} was expected: {answer:?}", self.entry.name);
        }
        Ok(())
    }
}

/// What the rounds of a pair have shown.
#[derive(Default)]
struct Seen {
    asking: Vec<f64>,
    at_floor: Vec<f64>,
    /// Vestibule's processor time a request, in nanoseconds.
    spent: Vec<f64>,
}

impl Seen {
    /// One of the two begins in every other round, so that neither always comes behind the same neighbour.
    fn round(
        &mut self,
        bench: &Bench<'_>,
        pair: &Pair,
        vestibule: &Process,
        cookie: &str,
        floor_first: bool,
    ) -> anyhow::Result<()> {
        let options = bench.options;
        for is_floor in [floor_first, !floor_first] {
            if is_floor {
                self.at_floor.push(load(options, &pair.at_floor.url(), cookie)?.rate);
            } else {
                let before = vestibule.processor_time()?;
                let load = load(options, &pair.asking.url(), cookie)?;
                self.asking.push(load.rate);
                self.spent.push((vestibule.processor_time()? - before) / load.requests);
            }
        }
        Ok(())
    }
}

fn say(bench: &Bench<'_>, pairs: &[Pair], seen: &[Seen], report: &mut Report) {
    report.heading(format!("{}\n", load::shown(bench.options, "http://localhost:PORT/")));
    report.line(format!(
        "{:<30}{:<27}{:<27}{:<19}Vestibule, us of processor time a request",
        "as proxy-config prints it", "requests a second", "at its floor", "ratio"
    ));
    for (pair, one) in pairs.iter().zip(seen) {
        report.line(format!(
            "{:<30}{:<27.0}{:<27.0}{:<19.2}{:.1}",
            pair.entry.name,
            Quantity::new(one.asking.clone()),
            Quantity::new(one.at_floor.clone()),
            Quantity::ratio(&one.asking, &one.at_floor),
            microseconds(&one.spent),
        ));
    }
    report.line(
        "(ratio: of the requests a second to those of the floor in the same round: the same proxy with the".to_owned(),
    );
    report.line(
        "same file, which asks a server that answers 200 to everything. wrk, the proxy, the application and".to_owned(),
    );
    report.line("who is asked share the cores. Who could not be measured is not installed)".to_owned());
}
