//! The place where it happens: a server with 200,000 sessions, and who plays which part.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use vestibule_gate::token::opaque::Secret;

use crate::Bench;
use crate::front::Front;
use crate::pace::{Load, Outcome, Question};
use crate::process::Process;
use crate::quantity::Quantity;
use crate::server::{Place, ask, cookie};
use crate::walker::{Walker, stopwatch};

use super::{activity, operator, sign_ins};

/// Connections of every load on the resolver.
pub(super) const CONNECTIONS: usize = 32;
/// For disturbances, which are stopped long before.
pub(super) const LONGEST: Duration = Duration::from_secs(600);

/// Sessions whose latency is measured: few, so that their own activity is a moment a minute.
const HOT: usize = 256;
const SIGNED_OUT: usize = 1_000;
/// Sessions in the store, at least: a backup of them lasts about as long as a measurement.
const STORED: usize = 200_000;
/// Sessions that can be revoked in a second of measuring, at most.
const REVOCATIONS: usize = 5_000;

/// The server and its players.
pub(super) struct Scene<'b> {
    pub(super) bench: &'b Bench<'b>,
    pub(super) place: Place,
    pub(super) server: Process,
    pub(super) cast: Cast,
    /// The number of the next session to be revoked.
    pub(super) revoked: AtomicUsize,
    secrets: Vec<Secret>,
    /// When the sessions whose activity will be due were last used.
    last_use: Instant,
}

/// Who plays what.
pub(super) struct Cast {
    hot: Vec<String>,
    /// Of the right shape, with the tag of another.
    pub(super) forged: Vec<String>,
    pub(super) signed_out: Vec<String>,
    /// Whole requests.
    pub(super) sign_ins: Vec<String>,
    /// For each round, the sessions whose activity will be due: their numbers and secrets.
    pub(super) active: Vec<(Range<usize>, Vec<String>)>,
    pub(super) to_be_revoked: Range<usize>,
}

impl<'b> Scene<'b> {
    /// Sets it, and starts the server.
    pub(super) fn set(bench: &'b Bench<'b>) -> anyhow::Result<Self> {
        let options = bench.options;
        let active = options.rounds * activity::sessions(options.seconds);
        let revocations = options.rounds * (options.seconds as usize + 1) * REVOCATIONS;
        let stored = (HOT + SIGNED_OUT + sign_ins::ACCOUNTS + active + revocations).max(STORED);
        let (place, secrets) = bench.seeded("vestibule", stored)?;
        let cast = Cast::new(&secrets, options.rounds, activity::sessions(options.seconds));
        sign_ins::give_passwords(bench, &place, HOT + SIGNED_OUT)?;
        place.configure(sign_ins::LIMITS)?;
        let server = place.serve(options)?;
        // The resolver answers a moment before the operator is heard.
        while !place.control().exists() {
            thread::sleep(Duration::from_millis(5));
        }
        for number in HOT..HOT + SIGNED_OUT {
            operator::revoke_session(&place.control(), number)?;
        }
        // All of them into memory, so that what is measured is the writing and not the first look.
        let active = cast.active[0].0.start..cast.to_be_revoked.start;
        Walker::new(place.resolver(), &secrets[active.clone()]).walk(active.len())?;
        let revoked = AtomicUsize::new(cast.to_be_revoked.start);
        Ok(Self { bench, place, server, cast, revoked, secrets, last_use: stopwatch() })
    }

    /// Drives the load on the hot sessions.
    pub(super) fn live(&self, rate: f64, time: Duration, stop: &AtomicBool) -> anyhow::Result<Outcome> {
        let question = Question::Resolve { secrets: &self.cast.hot, live: true };
        Load { socket: &self.place.resolver(), question, rate: Some(rate), connections: CONNECTIONS }.drive(time, stop)
    }

    /// The most that one worker of nginx is answered, in so many short rounds: who asks a resolver is a proxy, and a
    /// client that does nothing else could ask several times as often, on processors that a proxy would need itself.
    pub(super) fn maximum(&self, rounds: usize) -> anyhow::Result<Quantity> {
        let front = Front::start(&self.bench.folder.join("front"), &[&self.place])?;
        let socket = front.socket(0);
        let line = cookie(&self.cast.hot[0]);
        let question = Question::Through(&line);
        let load = Load { socket: &socket, question, rate: None, connections: CONNECTIONS };
        let round = || Ok(load.drive(Duration::from_secs(1), &AtomicBool::new(false))?.rate());
        round()?;
        let rates = (0..rounds).map(|_| round()).collect::<anyhow::Result<_>>()?;
        front.process.kill()?;
        Ok(Quantity::new(rates))
    }

    /// The activity of a session is written once a minute.
    pub(super) fn wait_until_activity_is_due(&self) {
        thread::sleep(Duration::from_secs(61).saturating_sub(self.last_use.elapsed()));
    }

    /// Ends it, once what was revoked is found to be over.
    pub(super) fn end(self) -> anyhow::Result<()> {
        let revoked = self.cast.to_be_revoked.start..self.revoked.load(Ordering::Relaxed);
        for number in revoked.step_by(97) {
            let head = ask(&self.place.resolver(), &cookie(self.secrets[number].expose()))?;
            ensure!(head.contains(": false\r\n"), "a revoked session lives:\n{head}");
        }
        // Not asked to end: it would first write what nobody will read.
        self.server.kill()
    }
}

impl Cast {
    fn new(secrets: &[Secret], rounds: usize, active: usize) -> Self {
        let text = |range: Range<usize>| secrets[range].iter().map(|secret| secret.expose().to_owned()).collect();
        let accounts = HOT + SIGNED_OUT;
        let first = accounts + sign_ins::ACCOUNTS;
        let forge = |pair: &[Secret]| pair[0].expose()[..BEFORE_TAG].to_owned() + &pair[1].expose()[BEFORE_TAG..];
        let round = |round: usize| first + round * active..first + (round + 1) * active;
        Self {
            hot: text(0..HOT),
            forged: secrets[..=SIGNED_OUT].windows(2).map(forge).collect(),
            signed_out: text(HOT..accounts),
            sign_ins: sign_ins::forms(accounts),
            active: (0..rounds).map(|number| (round(number), text(round(number)))).collect(),
            to_be_revoked: first + rounds * active..secrets.len(),
        }
    }
}

/// A secret's 16 last characters are its tag.
const BEFORE_TAG: usize = 36;
