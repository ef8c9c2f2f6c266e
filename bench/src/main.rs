//! Measures what a resolve costs, behind nginx and by itself, and says whether the bars are met.
//! Everything is compared within one run on one machine; a number of one run says nothing about another's.

mod doors;
mod load;
mod options;
mod process;
mod quantity;
mod report;
mod seed;
mod server;
mod table;
mod walker;

use std::process::ExitCode;

use anyhow::Context as _;

use crate::options::Options;
use crate::report::Report;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(report) => {
            print!("{report}");
            if report.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("vestibule-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::Builder::new().prefix("vb.").tempdir().context("making a folder to work in")?;
    let mut report = Report::new(options);
    let few = server::Place::new(&folder.path().join("few"))?;
    let many = server::Place::new(&folder.path().join("many"))?;
    eprintln!("seeding {} and {} sessions", options.few, options.many);
    let few_secrets = runtime.block_on(seed::seed(options, &few, options.few))?;
    let many_secrets = runtime.block_on(seed::seed(options, &many, options.many))?;

    doors::measure(options, &folder.path().join("nginx"), &few, &few_secrets, &mut report)?;
    table::start_up(options, &many, &many_secrets, &mut report)?;
    runtime.block_on(table::fill_and_compare(
        options,
        &table::Store { place: &few, secrets: &few_secrets },
        &table::Store { place: &many, secrets: &many_secrets },
        &mut report,
    ))?;
    Ok(report)
}
