//! What can be said on the command line. Every default is what the bars speak of.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};

/// How to measure.
#[derive(Debug)]
pub(crate) struct Options {
    /// Rounds of each measurement, interleaved.
    pub(crate) rounds: usize,
    /// Seconds that wrk runs in a round, for each door.
    pub(crate) seconds: u64,
    /// Connections of wrk.
    pub(crate) connections: usize,
    /// Sessions in the small store.
    pub(crate) few: usize,
    /// Sessions in the large store.
    pub(crate) many: usize,
    /// The program under test.
    pub(crate) vestibule: PathBuf,
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Measures what a resolve costs, as ratios against nginx in one interleaved run.

Usage: vestibule-bench [OPTION VALUE]...

  --rounds N        rounds of each measurement, at least 5 (7)
  --seconds N       seconds of load a round and door (2)
  --connections N   connections of wrk (32)
  --few N           sessions in the small store (1000)
  --many N          sessions in the large store (1000000)
  --vestibule FILE  the program under test (vestibule, beside this program)

Example: make bench, or cargo run --release -p vestibule-bench -- --rounds 15
Ends with 0 when every bar is met, 1 when one is missed or nothing could be measured, 2 for wrong usage.
";

impl Options {
    /// Reads the arguments; `None` when help is wanted.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Option<Self>> {
        let beside = std::env::current_exe().context("where this program is")?.with_file_name("vestibule");
        let mut options =
            Self { rounds: 7, seconds: 2, connections: 32, few: 1_000, many: 1_000_000, vestibule: beside };
        while let Some(name) = arguments.next() {
            if name == "--help" || name == "-h" {
                return Ok(None);
            }
            let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
            let number = || value.parse::<usize>().ok().filter(|n| *n > 0).with_context(|| format!("{name} {value}"));
            match name.as_str() {
                "--rounds" => options.rounds = number()?,
                "--seconds" => options.seconds = number()? as u64,
                "--connections" => options.connections = number()?,
                "--few" => options.few = number()?,
                "--many" => options.many = number()?,
                "--vestibule" => options.vestibule = PathBuf::from(value),
                _ => bail!("there is no option {name}"),
            }
        }
        ensure!(options.rounds >= 5, "--rounds must be at least 5, or a median says nothing");
        ensure!(options.few <= options.many, "--few must not be more than --many");
        Ok(Some(options))
    }
}
