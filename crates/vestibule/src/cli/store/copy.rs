//! `vestibule store copy`.

use vestibule_ledger::copy;

use super::side::Side;
use crate::cli::table::table;
use crate::cli::{House, Said};
use crate::config::appearance::{LogFormat, LogLevel};

/// Copy a whole store into an empty one: from SQLite to PostgreSQL, or back.
///
/// Sessions, tokens and keys are good on the copy as they were. A store is `sqlite:` and a data_dir or a file in one,
/// `postgres://user@host/database`, or `config` for the one that the configuration names. Stop every server on the source
/// first: a running one is refused. Run it again when it was broken off, and it goes on; until it has compared every row
/// no server starts on the target. The source stays as it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule store copy --from sqlite:/var/lib/vestibule --to config")]
pub(in crate::cli) struct Copy {
    /// The store to copy.
    #[arg(long, value_name = "STORE")]
    from: String,
    /// The store to copy into: empty, or with an unfinished copy of the same one.
    #[arg(long, value_name = "STORE")]
    to: String,
    /// Empty the target first, if it holds an unfinished copy.
    #[arg(long)]
    begin_again: bool,
}

impl Copy {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        let (Some(from), Some(to)) = (Side::read(&self.from, house)?, Side::read(&self.to, house)?) else {
            let hint = "a store is written `sqlite:PATH`, `postgres://user@host/database`, or `config`".to_owned();
            return Ok(Said { hint, could_not: true, ..Said::default() });
        };
        let _ = crate::log::start(LogLevel::Warn, LogFormat::Human);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let told = |table: &str, rows: u64| {
            if rows == 0 {
                eprintln!("copying {table}");
            }
        };
        let copied = runtime.block_on(copy::copy(&from, &to, self.begin_again, told))?;
        let row = |table: &copy::CopiedTable| vec![table.name.to_owned(), table.rows.to_string(), table.digest.clone()];
        let rows = copied.tables.iter().map(row).collect::<Vec<_>>();
        let mut text = table(&["TABLE", "ROWS", "DIGEST"], &rows);
        text.push_str("Every table has the same rows on both sides.");
        text.push_str(if copied.went_on { " It went on where it had been broken off.\n" } else { "\n" });
        let mut hint =
            "Start servers on the copy now, and none on the source any more: what is signed out on one of them would go on \
             on the other. When all is well, delete the source: it holds passwords and keys."
                .to_owned();
        if [&self.from, &self.to].into_iter().any(|side| Side::shows_a_password(side)) {
            hint.push_str(
                "\nThe password in the URL was to be seen in the list of processes; write the URL to a file, name that as \
                 [store] url_file, and say `config` next time.",
            );
        }
        Ok(Said { text, hint, ..Said::default() })
    }
}
