//! Readers of the table on one thread and on every core: they must not wait for each other.
//!
//! In this process and with nothing around it, since a client beside it would need the very cores that are asked about.
//! What is measured is a decision: the claims of a Cookie line, the hash of its secret, the look-up, the answer's lines.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use vestibule_gate::account::Roles;
use vestibule_gate::claims::{Claims, CookieNames, CookiePrefix};
use vestibule_gate::decide::{Outcome, Reach, decide};
use vestibule_gate::id::{SessionId, UserId};
use vestibule_gate::keys::Keys;
use vestibule_gate::table::{Forget, Limits, SessionRow, Table};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::token::opaque::{Secret, SecretKind, TagKey};
use vestibule_gate::verdict::{Facts, Grant, HeaderNames, HeaderPrefix};

use crate::Bench;
use crate::quantity::Quantity;
use crate::report::Report;
use crate::walker::stopwatch;

/// Sessions in the table: they fit into the caches, so that memory is not what is measured.
const SESSIONS: u64 = 1_000;
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Measures one reader, a reader on each core, and the same while sessions come and go.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = bench.options;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let room = Room::new();
    let time = Duration::from_secs(options.seconds);
    let (mut one, mut all, mut beside_writers) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        one.push(room.decisions(1, time, false));
        all.push(room.decisions(cores, time, false));
        beside_writers.push(room.decisions(1, time, true));
    }
    report.heading(format!(
        "decisions in this process, {SESSIONS} sessions: one reader {:.0} a second; {cores} readers {:.0}",
        Quantity::new(one.clone()),
        Quantity::new(all.clone()),
    ));
    report.line(format!(
        "one reader, while another thread puts sessions in and has them forgotten: {:.3} of that",
        Quantity::ratio(&beside_writers, &one)
    ));
    let ratio = Quantity::ratio(&all, &one);
    let bar = 0.8 * cores as f64;
    report.bar(ratio.median() >= bar, format!("{cores} readers by one: {ratio:.3} (bar: at least {bar:.1})"));
    Ok(())
}

/// A table full of live sessions, and the Cookie lines that ask for them.
struct Room {
    table: Table,
    keys: Keys,
    names: CookieNames,
    headers: HeaderNames,
    lines: Vec<String>,
}

impl Room {
    fn new() -> Self {
        let prefix = HeaderPrefix::default();
        let limits = Limits { idle_timeout: Span::from_seconds(86_400), write_interval: Span::from_seconds(60) };
        let mut room = Self {
            table: Table::new(1_000_000, prefix.clone(), limits),
            keys: Keys::new(TagKey::new(&[7; 32])),
            names: CookieNames::new(&CookiePrefix::default()),
            headers: HeaderNames::new(&prefix),
            lines: Vec::new(),
        };
        room.lines = (0..SESSIONS).map(|number| format!("session={}", room.enter(number).expose())).collect();
        room
    }

    /// Puts a session in.
    fn enter(&self, number: u64) -> Secret {
        let mut random = [0; 24];
        random[..8].copy_from_slice(&number.to_le_bytes());
        let secret = Secret::seal(SecretKind::Session, &random, self.keys.tag());
        // Nobody forgets this one between the ticket and the fill.
        let _ = self.table.fill(self.table.ticket(), secret.hash(), Some(row(number)));
        secret
    }

    /// Decisions in a second, of so many readers, each of which begins at another session.
    fn decisions(&self, readers: usize, time: Duration, beside_writer: bool) -> f64 {
        let (ended, count, begin) = (AtomicBool::new(false), AtomicU64::new(0), Barrier::new(readers + 1));
        std::thread::scope(|scope| {
            for reader in 0..readers {
                let (ended, count, begin) = (&ended, &count, &begin);
                scope.spawn(move || {
                    begin.wait();
                    count.fetch_add(self.read(reader * 397, ended), Ordering::Relaxed);
                });
            }
            if beside_writer {
                scope.spawn(|| self.come_and_go(&ended));
            }
            begin.wait();
            let began = stopwatch();
            std::thread::sleep(time);
            ended.store(true, Ordering::Relaxed);
            began.elapsed()
        });
        count.load(Ordering::Relaxed) as f64 / time.as_secs_f64()
    }

    fn read(&self, from: usize, ended: &AtomicBool) -> u64 {
        let mut out = Vec::with_capacity(1024);
        let mut count = 0;
        for line in self.lines.iter().cycle().skip(from) {
            let header: (&[u8], &[u8]) = (b"cookie", line.as_bytes());
            let claims = Claims::read(std::iter::once(header), &self.names);
            let Outcome::Answer(verdict) = decide(&claims, &self.table, &self.keys, NOW, Reach::Whole) else {
                continue;
            };
            out.clear();
            verdict.write_headers(&self.headers, &mut out);
            count += u64::from(verdict.identity().is_some());
            if count % 64 == 0 && ended.load(Ordering::Relaxed) {
                break;
            }
        }
        count
    }

    /// Others' sessions come and go.
    fn come_and_go(&self, ended: &AtomicBool) {
        for number in (SESSIONS..).take_while(|_| !ended.load(Ordering::Relaxed)) {
            self.enter(number);
            self.table.forget(Forget::Session(row(number).id));
        }
    }
}

/// A session of a user of its own.
fn row(number: u64) -> SessionRow {
    let id = |kind: u64| format!("{kind:08x}-0000-4000-8000-{:012x}", number + 1);
    SessionRow {
        id: SessionId::parse(&id(1)).expect("a UUID"),
        user: UserId::parse(&id(2)).expect("a UUID"),
        authenticated_at: NOW,
        last_seen: NOW,
        expires_at: NOW.plus(Span::from_seconds(86_400)),
        facts: Facts {
            anonymous: false,
            verified: true,
            can_reauthenticate: true,
            roles: Roles::parse(["reader"]).expect("a role"),
            amr: vec!["pwd"],
            acr: None,
            grant: Grant::cookie(),
            profile: None,
        },
    }
}
