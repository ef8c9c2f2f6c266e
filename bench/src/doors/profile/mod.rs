//! Where a resolve's time goes: Vestibule behind nginx under load, sampled by perf, by what it was doing.

mod parts;
mod picture;

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::door::{DOORS, place};
use super::front::Front;
use crate::Bench;
use crate::answering::{Answering, Who};
use crate::load::load;
use crate::process::Process;
use crate::report::Report;

use parts::Parts;

/// Samples a second. The kernel takes them by the processor's clock, since few virtual machines have its counters.
const FREQUENCY: &str = "4999";

/// Loads Vestibule's first door and samples its resolver's thread meanwhile.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let answering = Answering::start(bench)?;
    let front = Front::start(&bench.folder.join("front"), &answering)?;
    let url = front.url(&DOORS[place('a')]);
    load(bench.options, &url, answering.cookie())?;
    let vestibule = &answering.server(Who::Vestibule).process;

    let samples = bench.folder.join("samples");
    let mut perf = Command::new("perf");
    perf.args(["record", "--quiet", "-e", "cpu-clock", "-F", FREQUENCY, "-g", "-p", &vestibule.id().to_string(), "-o"]);
    let perf = Process::start(perf.arg(&samples), &bench.folder.join("perf")).context("perf is Debian's linux-perf")?;
    std::thread::sleep(Duration::from_millis(500));
    let before = (vestibule.processor_time()?, answering.valid_resolves()?);
    load(bench.options, &url, answering.cookie())?;
    let time = vestibule.processor_time()? - before.0;
    let each = time / (answering.valid_resolves()? - before.1) / 1_000.0;
    perf.interrupt()?;

    let mut script = Command::new("perf");
    script.args(["script", "-F", "comm,ip,sym", "--comm", "resolver-0", "-i"]).arg(&samples);
    let output = script.output().context("reading what perf has sampled")?;
    let said = fs::read_to_string(bench.folder.join("perf")).unwrap_or_default();
    ensure!(output.status.success(), "perf has sampled nothing: {said}{}", String::from_utf8_lossy(&output.stderr));
    let parts = Parts::of(&String::from_utf8_lossy(&output.stdout), each);
    say(&parts, report);
    if let Some(file) = &bench.options.picture {
        fs::write(file, picture::draw(&parts)).with_context(|| format!("writing {}", file.display()))?;
    }
    answering.end()
}

fn say(parts: &Parts, report: &mut Report) {
    report.heading(format!(
        "{:.2} microseconds of processor time a resolve behind nginx, by {} samples of the resolver's thread",
        parts.microseconds, parts.samples
    ));
    for part in parts.named() {
        report.line(format!("{:>6.2}  {:>4.1} %  {}", part.microseconds, part.share * 100.0, part.name));
    }
}
