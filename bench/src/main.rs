//! Measures what a resolve costs, behind nginx and by itself, and says whether the bars are met.
//! Everything is compared within one run on one machine; a number of one run says nothing about another's.

mod answering;
mod assertions;
mod cluster;
mod cold;
mod cores;
mod direct;
mod disturbed;
mod doors;
mod flat;
mod front;
mod load;
mod nginx;
mod options;
mod pace;
mod peers;
mod process;
mod proxies;
mod quantity;
mod report;
mod seed;
mod server;
mod tokens;
mod turns;
mod walker;

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use vestibule_gate::token::opaque::Secret;

use crate::answering::{null_grpc, null_server};
use crate::options::{Chapter, Options};
use crate::report::Report;
use crate::server::Place;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == null_server::NAME) {
        return null_server::run(&arguments[1..]).map_or_else(failed, |()| ExitCode::SUCCESS);
    }
    if arguments.first().is_some_and(|first| first == null_grpc::NAME) {
        return null_grpc::run(&arguments[1..]).map_or_else(failed, |()| ExitCode::SUCCESS);
    }
    let options = match Options::read(arguments.into_iter()) {
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
        Err(error) => failed(error),
    }
}

fn failed(error: anyhow::Error) -> ExitCode {
    eprintln!("vestibule-bench: {error:#}");
    ExitCode::FAILURE
}

fn run(options: &Options) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::Builder::new().prefix("vb.").tempdir().context("making a folder to work in")?;
    let mut report = Report::new(options);
    for chapter in &options.chapters {
        let folder = folder.path().join(format!("{chapter:?}").to_lowercase());
        std::fs::create_dir(&folder)?;
        let bench = Bench { options, runtime: &runtime, folder: &folder };
        match chapter {
            Chapter::Doors => doors::measure(&bench, &mut report),
            Chapter::Direct => direct::measure(&bench, &mut report),
            Chapter::Flat => flat::measure(&bench, &mut report),
            Chapter::Cold => cold::measure(&bench, &mut report),
            Chapter::Disturbed => disturbed::measure(&bench, &mut report),
            Chapter::Cores => cores::measure(&bench, &mut report),
            Chapter::Tokens => tokens::measure(&bench, &mut report),
            Chapter::Assertions => assertions::measure(&bench, &mut report),
            Chapter::Proxies => proxies::measure(&bench, &mut report),
            Chapter::Profile => doors::profile::measure(&bench, &mut report),
            Chapter::Peers => peers::measure(&bench, &mut report),
            Chapter::Cluster => cluster::measure(&bench, &mut report),
        }
        .with_context(|| format!("the chapter {chapter:?}"))?;
        // A large store is not kept for the next one; some chapters take theirs away.
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).context("taking a folder away"),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(report)
}

/// What every chapter is given.
struct Bench<'b> {
    options: &'b Options,
    /// For the little that is asynchronous: SQL.
    runtime: &'b tokio::runtime::Runtime,
    /// An empty folder of the chapter's own.
    folder: &'b Path,
}

impl Bench<'_> {
    /// A place of this name with so many sessions in its store, and their secrets.
    fn seeded(&self, name: &str, sessions: usize) -> anyhow::Result<(Place, Vec<Secret>)> {
        let place = Place::new(&self.folder.join(name))?;
        eprintln!("seeding {sessions} sessions");
        let secrets = self.runtime.block_on(seed::seed(self.options, &place, sessions))?;
        Ok((place, secrets))
    }
}
