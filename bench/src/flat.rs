//! What the number of sessions costs: a start with a million in the store, the memory of a million in the table, and
//! a resolve among a million beside one among a thousand.

use std::time::Duration;

use anyhow::ensure;
use sqlx::Connection as _;
use vestibule_gate::token::opaque::Secret;

use crate::Bench;
use crate::options::Options;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::seed;
use crate::server::{Place, cookie};
use crate::walker::{Walker, stopwatch};

/// Measures the start, the memory and the resolves of the smallest and the largest store.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let options = bench.options;
    let (few, many) = (options.sessions[0], options.sessions[options.sessions.len() - 1]);
    let (few_place, few_secrets) = bench.seeded("few", few)?;
    let (many_place, many_secrets) = bench.seeded("many", many)?;
    let few = Store { place: &few_place, secrets: &few_secrets };
    let many = Store { place: &many_place, secrets: &many_secrets };
    report.heading("by the number of sessions".to_owned());
    start_up(options, many.place, many.secrets, report)?;
    bench.runtime.block_on(fill_and_compare(options, &few, &many, report))
}

/// A seeded store.
struct Store<'s> {
    /// Where it is.
    place: &'s Place,
    /// The secrets of its sessions.
    secrets: &'s [Secret],
}

/// Starts with a full store, from the start of the program to the first answer for a live session. Each time after
/// the program was killed, which is the harder start.
fn start_up(options: &Options, place: &Place, secrets: &[Secret], report: &mut Report) -> anyhow::Result<()> {
    let mut seconds = Vec::new();
    for round in 0..options.rounds {
        let begin = stopwatch();
        let cookie = cookie(secrets[round * 7 % secrets.len()].expose());
        let (process, head) = place.serve_until_answer(options, &cookie)?;
        seconds.push(begin.elapsed().as_secs_f64());
        ensure!(head.contains(": true\r\n"), "the first answer is not a yes:\n{head}");
        process.kill()?;
    }
    let seconds = Quantity::new(seconds);
    let line = format!("first answer with {} sessions in the store: {seconds:.3} s (bar: under 1)", secrets.len());
    report.bar(seconds.median() < 1.0, line);
    Ok(())
}

/// Fills the tables, weighs the large one, and compares a resolve in both, in turns.
///
/// Meanwhile the bench holds the write locks of both stores, so that no activity is written behind: how much of that
/// there is depends on how many sessions are used in a minute, and would be measured here only by chance. Resolves
/// only read.
async fn fill_and_compare(
    options: &Options,
    few: &Store<'_>,
    many: &Store<'_>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let servers = (few.place.serve(options)?, many.place.serve(options)?);
    let mut locks = Vec::new();
    for store in [few, many] {
        let mut sql = seed::connect(&store.place.database()).await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut sql).await?;
        locks.push(sql);
    }
    let mut walkers = (Walker::new(few.place, few.secrets), Walker::new(many.place, many.secrets));
    fill(&servers.1, &mut walkers.1, many.secrets.len(), report)?;
    walkers.0.walk(few.secrets.len())?;
    compare(options, (&servers.0, &servers.1), (&mut walkers.0, &mut walkers.1), report)?;
    // Not asked to end: they would first write the activity of a million sessions, for nobody.
    servers.0.kill()?;
    servers.1.kill()?;
    for mut sql in locks {
        sqlx::query("ROLLBACK").execute(&mut sql).await?;
        sql.close().await?;
    }
    Ok(())
}

/// Asks once for every session; each answer comes from the store and stays in the table.
fn fill(server: &Process, walker: &mut Walker<'_>, count: usize, report: &mut Report) -> anyhow::Result<()> {
    eprintln!("filling the table with {count} sessions");
    std::thread::sleep(Duration::from_secs(1));
    let before = server.resident()?;
    let (asked, took) = walker.walk(count)?;
    std::thread::sleep(Duration::from_secs(1));
    let each = (server.resident()? - before) / count as f64;
    let rate = asked as f64 / took.as_secs_f64();
    report.line(format!("first resolves, from the store: {rate:.0} a second with {count} sessions"));
    let line = format!("resident memory a session, with {count} in the table: {each:.0} bytes (bar: under 600)");
    report.bar(each < 600.0, line);
    Ok(())
}

fn compare(
    options: &Options,
    servers: (&Process, &Process),
    walkers: (&mut Walker<'_>, &mut Walker<'_>),
    report: &mut Report,
) -> anyhow::Result<()> {
    let (few_count, many_count) = (options.sessions[0], options.sessions[options.sessions.len() - 1]);
    // A second visit to every session, so that activity that is due is noted now and not in the rounds. What is queued
    // by then fails on the lock in the five seconds that Vestibule waits for it.
    walkers.1.walk(many_count)?;
    walkers.0.walk(few_count)?;
    std::thread::sleep(Duration::from_secs(7));
    let (mut few, mut many) = (Seen::default(), Seen::default());
    for round in 0..options.rounds {
        if round % 2 == 0 {
            few.round(servers.0, walkers.0)?;
            many.round(servers.1, walkers.1)?;
        } else {
            many.round(servers.1, walkers.1)?;
            few.round(servers.0, walkers.0)?;
        }
    }
    let (small, large) = (few_count, many_count);
    report.line(format!(
        "a resolve without a proxy, {RESOLVES} a round: with {small} sessions {:.2} microseconds of processor time, \
         {:.2} in all; with {large} sessions {:.2} and {:.2}",
        microseconds(&few.processor),
        microseconds(&few.clock),
        microseconds(&many.processor),
        microseconds(&many.clock),
    ));
    let processor = Quantity::ratio(&many.processor, &few.processor);
    let clock = Quantity::ratio(&many.clock, &few.clock);
    report.line(format!("their ratio by the clock, the client's own work and waiting included: {clock:.3}"));
    let line = format!("a resolve with {large} sessions by one with {small}: {processor:.3} (bar: at most 1.15)");
    report.bar(processor.median() <= 1.15, line);
    Ok(())
}

/// Resolves in a round.
const RESOLVES: usize = 100_000;

/// What the rounds of one store have shown, in nanoseconds a resolve.
#[derive(Default)]
struct Seen {
    processor: Vec<f64>,
    clock: Vec<f64>,
}

impl Seen {
    fn round(&mut self, server: &Process, walker: &mut Walker<'_>) -> anyhow::Result<()> {
        let before = server.processor_time()?;
        let (asked, took) = walker.walk(RESOLVES)?;
        self.processor.push((server.processor_time()? - before) / asked as f64);
        self.clock.push(took.as_nanos() as f64 / asked as f64);
        Ok(())
    }
}
