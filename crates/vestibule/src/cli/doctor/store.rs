//! The store and the clock: whoever has the data folder is asked, as for every command.

use vestibule_gate::time::Timestamp;
use vestibule_ledger::clock::Clock;

use super::finding::Finding;
use crate::cli::{ask, reply};
use crate::config::Config;
use crate::control::Command;
use crate::control::reply::Status;

/// A clock before this has never been set: 2026-01-01.
const EARLIEST: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// How far the server's clock may be from the system's, in milliseconds.
const APART: i64 = 2_000;

/// What there is to say, and the number of the server's process, if one serves.
pub(super) fn look(config: &Config) -> (Vec<Finding>, Option<u32>) {
    // Opening a store makes it; looking must not.
    if !config.data_dir().join("vestibule.db").exists() {
        let text = "there is no database yet; `vestibule serve` makes it";
        return (vec![Finding::note(config.data_dir().display().to_string(), text), clock(None)], None);
    }
    let status = ask(config, Command::Status).and_then(reply::status);
    match status {
        Ok(status) => {
            let server = Some(status.process).filter(|process| *process != std::process::id());
            (vec![store(&status, server), clock(server.map(|_| status.now))], server)
        }
        Err(error) => {
            let place = config.data_dir().display().to_string();
            (vec![Finding::wrong(place, format!("the store cannot be reached: {error:#}")), clock(None)], None)
        }
    }
}

fn store(status: &Status, server: Option<u32>) -> Finding {
    let Status { users, guests, sessions, .. } = status;
    let who = match server {
        Some(process) => format!("the server (process {process}) answers"),
        None => "no server runs on it".to_owned(),
    };
    let people = users - guests;
    Finding::fine(format!("the store is current; {who}; {people} users, {guests} guests, {sessions} sessions"))
}

/// `server`: what time it is for the running server.
fn clock(server: Option<i64>) -> Finding {
    judge(Clock::start().now(), server.map(Timestamp::from_millis))
}

fn judge(system: Timestamp, server: Option<Timestamp>) -> Finding {
    let ahead = server.map_or(0, |server| server.millis() - system.millis());
    if system < EARLIEST {
        Finding::wrong("clock", "the system's clock is before 2026; set it, or sessions end at the wrong time")
    } else if ahead > APART {
        let seconds = ahead / 1000;
        Finding::wrong(
            "clock",
            format!(
                "the system's clock was set back by {seconds} s while the server ran, which goes on at its own pace; \
                 restart it if the clock is right now"
            ),
        )
    } else {
        Finding::fine("the clock is plausible")
    }
}

#[cfg(test)]
mod tests {
    use vestibule_gate::time::{Span, Timestamp};

    use super::super::finding::Weight;
    use super::{EARLIEST, judge};

    #[test]
    fn a_clock_that_cannot_be_right_is_wrong() {
        let weight = |system, server| judge(system, server).weight;
        assert_eq!(weight(Timestamp::NEVER, None), Weight::Wrong);
        assert_eq!(weight(EARLIEST, None), Weight::Fine);
        assert_eq!(weight(EARLIEST, Some(EARLIEST.plus(Span::from_seconds(1)))), Weight::Fine);
        assert_eq!(weight(EARLIEST, Some(EARLIEST.plus(Span::from_seconds(60)))), Weight::Wrong);
    }
}
