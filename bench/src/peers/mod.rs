//! Other products behind the same nginx, for the same client: what they answer in a second, and what that costs.

pub(crate) mod browser;
mod door;
mod front;
mod oauth2_proxy;
mod provider;
mod redis;
mod table;
mod vestibule;

use crate::Bench;
use crate::load::load;
use crate::report::Report;

use door::Door;
use front::Front;
use oauth2_proxy::Proxies;
use table::Seen;
use vestibule::Vestibule;

/// Measures every door in turns.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = bench.options;
    let proxies = Proxies::start(bench)?;
    let vestibule = Vestibule::start(bench)?;
    let mut doors = vestibule.doors();
    doors.extend(proxies.doors());
    let upstreams: String = doors.iter().map(Door::upstream).collect();
    let locations: String = doors.iter().map(Door::locations).collect();
    let front = Front::start(&bench.folder.join("front"), &upstreams, &locations)?;
    let urls: Vec<String> = doors.iter().map(|door| front.url(&door.path())).collect();

    let mut seen: Vec<Seen> = doors.iter().map(|_| Seen::default()).collect();
    eprintln!("measuring {} doors in {} rounds of {} s each", doors.len(), options.rounds, options.seconds);
    for (door, url) in doors.iter().zip(&urls) {
        door.check(&front)?;
        load(options, url, door.cookie)?;
    }
    for round in 0..options.rounds {
        for turn in 0..doors.len() {
            // Another one begins in each round, so that none always comes behind the same neighbour.
            let number = (turn + round) % doors.len();
            seen[number].round(options, &urls[number], &doors[number], front.process())?;
        }
    }
    for door in &doors {
        door.check(&front)?;
    }
    table::say(options, &urls[0], &doors, &seen, report);
    table::bars(&doors, &seen, report);
    Ok(())
}
