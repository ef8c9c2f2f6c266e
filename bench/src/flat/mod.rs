//! What the number of sessions costs: the store's size, a start, the memory of the table, and a resolve among ten
//! million beside one among a thousand.

mod compare;

use std::time::Duration;

use anyhow::ensure;
use sqlx::sqlite::SqliteConnection;
use vestibule_gate::token::opaque::Secret;

use crate::Bench;
use crate::process::Process;
use crate::quantity::Quantity;
use crate::report::Report;
use crate::seed;
use crate::server::{Place, cookie};
use crate::walker::{Walker, stopwatch};

/// Most bytes of resident memory that a session may take where there are most of them.
const BYTES: f64 = 300.0;

/// Measures every size that the options name, the largest with bars.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    report.heading("by the number of sessions, each of another user".to_owned());
    let mut seeded = Vec::new();
    for sessions in &bench.options.sessions {
        seeded.push(bench.seeded(&sessions.to_string(), *sessions)?);
    }
    let mut stores = Vec::new();
    for (place, secrets) in &seeded {
        size(place, secrets.len(), report)?;
        let is_largest = secrets.len() == seeded[seeded.len() - 1].1.len();
        start_up(bench, place, secrets, is_largest, report)?;
        stores.push(Store::open(bench, place, secrets)?);
    }
    for store in &mut stores {
        store.fill(store.secrets.len() == seeded[seeded.len() - 1].1.len(), report)?;
    }
    compare::measure(bench, &mut stores, report)?;
    // Not asked to end: they would first write the activity of millions of sessions, for nobody.
    stores.into_iter().try_for_each(|store| store.server.kill())
}

/// A running server with a seeded store.
///
/// Meanwhile the bench holds the store's write lock, so that no activity is written behind: how much of that there is
/// depends on how many sessions are used in a minute, and would be measured here only by chance. Resolves only read.
struct Store<'s> {
    place: &'s Place,
    secrets: &'s [Secret],
    server: Process,
    walker: Walker<'s>,
    _lock: SqliteConnection,
}

impl<'s> Store<'s> {
    fn open(bench: &Bench<'_>, place: &'s Place, secrets: &'s [Secret]) -> anyhow::Result<Self> {
        place.configure(&format!("[cache]\nsessions = {}\n", secrets.len() + 1_000))?;
        let server = place.serve(bench.options)?;
        let lock = bench.runtime.block_on(async {
            let mut sql = seed::connect(&place.database()).await?;
            sqlx::query("BEGIN IMMEDIATE").execute(&mut sql).await?;
            Ok::<_, anyhow::Error>(sql)
        })?;
        Ok(Self { place, secrets, server, walker: Walker::new(place.resolver(), secrets), _lock: lock })
    }

    /// Asks once for every session; each answer comes from the store and stays in the table.
    fn fill(&mut self, is_largest: bool, report: &mut Report) -> anyhow::Result<()> {
        let count = self.secrets.len();
        eprintln!("filling the table with {count} sessions");
        std::thread::sleep(Duration::from_secs(1));
        let before = self.server.resident()?;
        let (asked, took) = self.walker.walk(count)?;
        std::thread::sleep(Duration::from_secs(1));
        let each = (self.server.resident()? - before) / count as f64;
        let rate = asked as f64 / took.as_secs_f64();
        report.line(format!("{count}: first resolves, from the store: {rate:.0} a second"));
        let line = format!("{count}: resident memory a session in the table: {each:.0} bytes");
        if is_largest {
            report.bar(each < BYTES, format!("{line} (bar: at most {BYTES:.0})"));
        } else {
            report.line(line);
        }
        // A second visit to each, so that activity that is due is noted now and not in what is compared.
        self.walker.walk(count)?;
        Ok(())
    }
}

fn size(place: &Place, sessions: usize, report: &mut Report) -> anyhow::Result<()> {
    let bytes = std::fs::metadata(place.database())?.len();
    let each = bytes as f64 / sessions as f64;
    report.line(format!(
        "{sessions}: the store has {:.1} MB, {each:.0} bytes a session and its user",
        bytes as f64 / 1e6
    ));
    Ok(())
}

/// From the start of the program to the first answer for a live session. Each time after the program was killed, which
/// is the harder start.
fn start_up(
    bench: &Bench<'_>,
    place: &Place,
    secrets: &[Secret],
    is_largest: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut seconds = Vec::new();
    for round in 0..bench.options.rounds {
        let begin = stopwatch();
        let cookie = cookie(secrets[round * 7 % secrets.len()].expose());
        let (process, head) = place.serve_until_answer(bench.options, &cookie)?;
        seconds.push(begin.elapsed().as_secs_f64());
        ensure!(head.contains(": true\r\n"), "the first answer is not a yes:\n{head}");
        process.kill()?;
    }
    let seconds = Quantity::new(seconds);
    let line = format!("{}: first answer after a start: {seconds:.3} s", secrets.len());
    if is_largest {
        report.bar(seconds.median() < 1.0, format!("{line} (bar: under 1)"));
    } else {
        report.line(line);
    }
    Ok(())
}
