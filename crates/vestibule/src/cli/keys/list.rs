//! `vestibule keys list`.

use crate::cli::table::table;
use crate::cli::{House, reply};
use crate::control::Command;
use crate::control::reply::KeyView;

/// List the signing keys, in the order in which they begin to sign, with the retired ones.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule keys list")]
pub(in crate::cli) struct List {
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, house: &House) -> anyhow::Result<String> {
        let keys = reply::keys(house.ask(Command::ListKeys)?)?;
        if self.json {
            let line = |key: &KeyView| serde_json::to_string(key).map(|line| line + "\n");
            return Ok(keys.iter().map(line).collect::<Result<String, _>>()?);
        }
        let head = ["ID", "ALGORITHM", "STATE", "SEALED", "MADE", "SIGNS FROM", "ENDS"];
        Ok(table(&head, &keys.iter().map(row).collect::<Vec<_>>()))
    }
}

fn row(key: &KeyView) -> Vec<String> {
    let sealed = match key.sealed {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    vec![
        key.id.clone(),
        key.algorithm.clone(),
        key.state.clone(),
        sealed.to_owned(),
        key.created_at.clone(),
        key.signs_from.clone(),
        key.ends_at.clone().unwrap_or_default(),
    ]
}
